// A task as people see it while it is done: what is planned, which step it is at, what a model just
// writes, and what came of it. The answer goes to the output, everything else to the notices.
//
// Threads: confined to the main thread.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "cli/command.h"
#include "cli/console.h"
#include "cli/sse_reader.h"
#include "json/node.h"

namespace hearth::cli {

// What somebody has to say before it goes on.
struct TaskQuestion {
  std::int64_t approval = 0;
  std::string about;
  std::string text;
};

class TaskView {
 public:
  TaskView(Console& console, Format format) : console_(console), format_(format) {}

  Result<void> show(const SseEvent& event);

  const std::string& run() const { return run_; }
  std::uint64_t last_event() const { return last_event_; }
  // That is open now.
  const std::optional<TaskQuestion>& question() const { return question_; }
  // It was paused by the last event, and may have been gone on with since then.
  bool is_paused() const { return is_paused_; }
  // The exit code, when it is over.
  const std::optional<int>& exit_code() const { return exit_code_; }

 private:
  void show_plan(const json::Node& event);
  void show_end(const json::Node& event);
  void show_line(const std::string& type, const json::Node& event);
  void say(const std::string& line) { console_.notice(line); }

  Console& console_;
  const Format format_;
  std::string run_;
  std::uint64_t last_event_ = 0;
  std::optional<TaskQuestion> question_;
  bool is_paused_ = false;
  std::optional<int> exit_code_;
  std::map<std::string, std::string> titles_;  // of steps
};

}  // namespace hearth::cli
