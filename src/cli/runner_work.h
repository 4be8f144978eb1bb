// A runner at work for the command line: started as a child of ours with something long to do,
// listened to line by line, and stopped when the user wants it. It gives up its rights by itself,
// and dies with us.
//
// Threads: confined to the main thread.
// Errors:  when it cannot be started; how it ended is a value.
// Limits:  kWorkLineBytesMax; what is longer is not heard.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cli/interrupt.h"
#include "process/child.h"

namespace hearth::cli {

inline constexpr std::size_t kWorkLineBytesMax = 64 * 1024;

struct Work {
  std::string runner;  // its path
  std::vector<std::string> arguments;
};

struct WorkEars {
  // What it tells on its standard output.
  std::function<void(std::string_view line)> on_line;
  // What it writes beside.
  std::function<void(std::string_view line)> on_words;
  // The user has asked to stop; it has been told.
  std::function<void()> on_stopping;
  // Nobody listens any more: it is stopped as if the user had asked.
  std::function<bool()> is_alone;
};

struct WorkEnd {
  process::ExitStatus status;
  bool was_stopped = false;  // by the user
};

// Returns when it has ended. Ctrl-C asks it to end, a second one ends it at once.
Result<WorkEnd> run_work(const Work& work, Interrupt& interrupt, const WorkEars& ears);

}  // namespace hearth::cli
