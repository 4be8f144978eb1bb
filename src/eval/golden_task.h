// Tasks whose end is known: the files they begin with, and what has to be there when they are done.
// As lines of JSON, one task each (docs/formats/golden_task.md).
//
// Errors:  kInvalidArgument that names the line and the field.
// Limits:  kGoldenBytesMost of text.
// Threads: values; pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::eval {

inline constexpr std::size_t kGoldenBytesMost = 8UL * 1024 * 1024;

// What a file has to hold; blanks and new lines at the ends of a text count for nothing.
struct FileWish {
  std::optional<std::string> is = {};
  std::vector<std::string> has = {};
};

struct GoldenTask {
  std::string id;
  std::string kind;
  std::string task;
  std::string plan = {};                          // to begin with, as JSON; empty: the planner's
  std::string say = {};                           // to what is asked; "no" agrees to nothing
  std::map<std::string, std::string> files = {};  // by their path in the workspace
  std::map<std::string, FileWish> wished = {};
  std::vector<std::string> gone = {};
  std::vector<std::string> answer = {};  // what the answer has to hold, in whatever case
};

Result<std::vector<GoldenTask>> read_golden_tasks(std::string_view lines);

// Those that Hearth brings: whole ones, and ones whose first plan has a defect.
std::string_view built_in_tasks();
std::string_view built_in_planted_tasks();

}  // namespace hearth::eval
