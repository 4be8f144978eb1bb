// So many a minute: a token bucket, kept as the one point in time at which it is full again (the
// generic cell rate algorithm). A full bucket lets a whole minute's worth through at once.
//
// Threads:    thread-compatible.
// Invariants: in any span of time at most per_minute * (1 + minutes of the span) are let through.
#pragma once

#include <algorithm>
#include <cstdint>

#include "base/clock.h"

namespace hearth::access {

class Rate {
 public:
  // How long to wait until the next one is let through; nothing when it is now.
  // REQUIRES: per_minute is at least 1.
  base::Duration wait(base::TimePoint now, std::int64_t per_minute) const {
    const base::Duration each = kMinute / per_minute;
    return std::max(base::Duration(0), full_ - now + each - each * per_minute);
  }
  // REQUIRES: there is no wait.
  void take(base::TimePoint now, std::int64_t per_minute) {
    full_ = std::max(full_, now) + kMinute / per_minute;
  }

 private:
  static constexpr base::Duration kMinute = std::chrono::minutes(1);
  base::TimePoint full_{};
};

}  // namespace hearth::access
