// Whether somebody who should be getting on still does.
//
// Threads: pure; the time is told.
#pragma once

#include <cstdint>

#include "base/clock.h"

namespace hearth::fleet {

class Watchdog {
 public:
  // Nothing is expected just now.
  void rest(base::TimePoint now) { since_ = now; }
  // What has been done so far, as a number that grows with it.
  void hear(std::uint64_t done, base::TimePoint now) {
    if (done != done_) since_ = now;
    done_ = done;
  }
  // Since it was last seen getting on, or expected to.
  base::Duration idle(base::TimePoint now) const { return now - since_; }

 private:
  base::TimePoint since_{};
  std::uint64_t done_ = 0;
};

}  // namespace hearth::fleet
