// The name somebody probably meant: for errors about unknown keys, commands and models.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace hearth::base {

// How many single-character insertions, deletions, replacements and swaps of neighbours turn one
// into the other. Only the first kNearestBytesMax bytes of each are looked at.
inline constexpr std::size_t kNearestBytesMax = 128;
std::size_t edit_distance(std::string_view left, std::string_view right);

// The candidate with the smallest distance, the first one on a tie; empty when even that one is
// too far off to be what was meant.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

}  // namespace hearth::base
