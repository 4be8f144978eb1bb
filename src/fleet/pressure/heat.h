// How many threads a hot machine computes with, and whether it takes more work: fewer threads step
// by step while it is hot, more again one by one after it has been cool for a while. That while
// becomes longer each time when it did not last, so that it does not swing.
//
// Threads: pure; the time is told.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"
#include "process/heat.h"

namespace hearth::fleet {

enum class Heat : std::uint8_t {
  kNone,
  kHot,      // fewer threads compute
  kCritical  // and nobody else is let in
};
std::string_view heat_name(Heat heat);  // "none", "hot", "critical"

class HeatGauge {
 public:
  static constexpr std::uint32_t kStepsMax = 4;
  static constexpr base::Duration kStep = std::chrono::seconds(10);  // between two downwards
  static constexpr base::Duration kCalmLeast = std::chrono::minutes(1);
  static constexpr base::Duration kCalmMost = std::chrono::minutes(32);
  // Cool for so long with all threads, what did not last before is forgotten.
  static constexpr base::Duration kForget = std::chrono::hours(2);
  // Below a zone's passive trip point, where the system itself slows down; where it has none, below
  // the critical one. In thousandths of a degree.
  static constexpr std::int64_t kHotBelowPassive = 2'000;
  static constexpr std::int64_t kHotBelowCritical = 15'000;
  static constexpr std::int64_t kCriticalBelow = 5'000;
  // So much cooler it has to be before it counts as cool again.
  static constexpr std::int64_t kCooler = 7'000;

  Heat note(const process::HeatReading& reading, base::TimePoint now);
  Heat heat() const;
  // Of so many threads, those that compute now: at least one, unless it is 0, which is unknown.
  std::uint32_t threads(std::uint32_t most) const;

 private:
  enum class Sign : std::uint8_t { kCool, kMild, kHot, kCritical };
  Sign sign_of(const process::HeatReading& reading);
  void step_down(base::TimePoint now);
  void step_up(base::TimePoint now);

  std::uint32_t steps_ = 0;
  bool critical_ = false;
  std::optional<std::uint64_t> throttled_;  // the last time; none before the first
  base::Duration calm_ = kCalmLeast;
  base::TimePoint stepped_{};
  base::TimePoint last_up_{};
  bool was_up_ = false;
  std::optional<base::TimePoint> cool_since_;
};

}  // namespace hearth::fleet
