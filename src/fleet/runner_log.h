// What one runner prints, line by line, into our own log: with its model and number, and never more
// than we can afford.
//
// Threads: confined to one thread at a time.
// Limits:  kRunnerLineBytesMax, above which a line is dropped; kRunnerLinesPerSecond.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace hearth::fleet {

inline constexpr std::size_t kRunnerLineBytesMax = 2000;
inline constexpr std::uint32_t kRunnerLinesPerSecond = 100;

class RunnerLog {
 public:
  RunnerLog(std::string model, int pid) : model_(std::move(model)), pid_(pid) {}

  void add(std::string_view bytes);

 private:
  void pass_on(std::string_view line);

  std::string model_;
  int pid_;
  std::string line_;          // what of it has come
  base::TimePoint second_{};  // when the second began that lines_ counts
  std::uint32_t lines_ = 0;
};

}  // namespace hearth::fleet
