// What became of golden tasks, and what it took; together and told.
//
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::eval {

// One task, done once.
struct Trial {
  std::string task;  // its id
  std::string kind;
  std::vector<std::string> problems;  // none: it was done
  std::uint32_t steps = 0;
  std::uint32_t model_calls = 0;
  std::uint32_t tool_calls = 0;
  std::uint32_t tokens = 0;
  std::int64_t swap_ms = 0;
  std::int64_t took_ms = 0;
};

// The same tasks with the same roles.
struct Series {
  std::string name;  // "planner, critic, executor"
  std::vector<Trial> trials;
};

struct Tally {
  std::size_t tasks = 0, done = 0;
  double share() const { return tasks == 0 ? 0 : static_cast<double>(done) / tasks; }
};
Tally tally(const Series& series);

// A row for each series: done, and steps, calls, tokens, swaps and seconds of a task on average.
// The first row is the heading.
std::vector<std::vector<std::string>> rows_of(const std::vector<Series>& every);
// "copy-3 (planner, executor): there is no notes_copy.txt", a line for each that was not done.
std::vector<std::string> failures_of(const std::vector<Series>& every);
std::string trials_json(const std::vector<Series>& every);

}  // namespace hearth::eval
