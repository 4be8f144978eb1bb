// A pause that ends early when nobody waits for what comes after it.
//
// Threads: thread-safe; blocks its caller.
#pragma once

#include "base/cancellation.h"
#include "base/clock.h"

namespace hearth::base {

// False when it was cancelled, which is heard within kHearingPeriod.
inline constexpr Duration kHearingPeriod = std::chrono::milliseconds(50);
bool sleep_until(TimePoint time, const CancelToken& cancel);

}  // namespace hearth::base
