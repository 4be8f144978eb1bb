// A clock for tests whose time jumps; the steady one only forwards.
#pragma once

#include <algorithm>
#include <chrono>

#include "base/clock.h"

namespace hearth::flow::testing {

class JumpingClock final : public base::Clock {
 public:
  base::TimePoint now() const override { return now_; }
  std::int64_t wall_ms() const override { return wall_ms_; }
  void jump(base::Duration by) {
    now_ += std::max(by, base::Duration(0));
    wall_ms_ += std::chrono::duration_cast<std::chrono::milliseconds>(by).count();
  }

 private:
  base::TimePoint now_{};
  std::int64_t wall_ms_ = 1'700'000'000'000;
};

}  // namespace hearth::flow::testing
