// Randomness of the kernel, for what has to be unpredictable or just different every time.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>

namespace hearth::base {

std::uint32_t random_u32();

}  // namespace hearth::base
