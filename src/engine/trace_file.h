// The trace of the scheduler's decisions (schedule_trace.h) as a file that does not grow for ever.
//
// Threads:    thread-compatible.
// Invariants: the file is a whole trace after every step, and replays by itself; so does the one
//             before it, which keeps its name with `.old` behind it.
// Errors:     the first step that cannot be written is logged, and nothing more is written.
// Limits:     two files of `limit_bytes` and one step each.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "engine/schedule_trace.h"

namespace hearth::engine {

inline constexpr std::size_t kTraceBytesMax = 16 * 1024 * 1024;

class TraceFile {
 public:
  // A new file; what stands there becomes the old one.
  static Result<std::unique_ptr<TraceFile>> create(std::string path, const CostModel& known,
                                                   std::size_t limit_bytes = kTraceBytesMax);
  // `known` is what is known of costs after the step.
  void add(const TracedStep& step, const CostModel& known);

 private:
  TraceFile(std::string path, std::size_t limit_bytes)
      : path_(std::move(path)), limit_bytes_(limit_bytes) {}
  Result<void> begin(const CostModel& known);
  Result<void> write(const std::string& text);

  std::string path_;
  std::size_t limit_bytes_;
  Fd file_;  // none after a failure
  std::size_t bytes_ = 0;
};

}  // namespace hearth::engine
