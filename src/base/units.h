// Sizes in bytes, written as people read them.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::base {

inline constexpr std::uint64_t kKiB = 1024;
inline constexpr std::uint64_t kMiB = 1024 * kKiB;
inline constexpr std::uint64_t kGiB = 1024 * kMiB;

// "986 B", "1.5 KiB", "12.0 GiB".
std::string format_bytes(std::uint64_t bytes);

}  // namespace hearth::base
