// Time that tests can drive. Two kinds, never mixed: a steady time point for measuring and
// deadlines, and wall time for people.
//
// Threads: SystemClock is thread-safe; ManualClock is thread-compatible.
#pragma once

#include <chrono>
#include <cstdint>

namespace hearth::base {

using Duration = std::chrono::nanoseconds;
using TimePoint = std::chrono::time_point<std::chrono::steady_clock, Duration>;

class Clock {
 public:
  virtual ~Clock() = default;
  virtual TimePoint now() const = 0;
  // Milliseconds since 1970-01-01 UTC.
  virtual std::int64_t wall_ms() const = 0;
};

// The machine's clock; one for the whole program.
const Clock& system_clock();

class ManualClock final : public Clock {
 public:
  TimePoint now() const override { return now_; }
  std::int64_t wall_ms() const override { return wall_ms_; }
  void advance(Duration by);

 private:
  TimePoint now_{};
  std::int64_t wall_ms_ = 1'700'000'000'000;
};

inline double to_ms(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

}  // namespace hearth::base
