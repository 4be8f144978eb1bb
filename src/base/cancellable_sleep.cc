#include "base/cancellable_sleep.h"

#include <algorithm>
#include <thread>

namespace hearth::base {

bool sleep_until(TimePoint time, const CancelToken& cancel) {
  const Clock& clock = system_clock();
  while (!cancel.cancelled()) {
    const Duration left = time - clock.now();
    if (left <= Duration::zero()) return true;
    std::this_thread::sleep_for(std::min(left, kHearingPeriod));
  }
  return false;
}

}  // namespace hearth::base
