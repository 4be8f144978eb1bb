// How many threads compute with a model where nobody has said it: the physical cores, but one for
// a model so small that a step of it ends before the threads have met.
//
// Threads: pure.
#pragma once

#include <cstdint>

#include "base/units.h"

namespace hearth::fleet {

// Weights below this are read by one core about as fast as by two, and every token has dozens of
// barriers, at each of which a thread that somebody else's work keeps from its core holds up all
// others. docs/figures.md has what was measured.
inline constexpr std::uint64_t kOneThreadBytesMax = 64 * base::kMiB;

struct ThreadWish {
  std::uint32_t configured = 0;  // 0: nobody has said it
  std::uint32_t cores = 0;       // physical; 0: unknown, which the runner finds out
};

std::uint32_t compute_threads(const ThreadWish& wish, std::uint64_t weight_bytes);

}  // namespace hearth::fleet
