// FNV-1a with 64 bits: tells texts apart by accident, not against anybody who tries to make two of
// them alike.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth::base {

constexpr std::uint64_t fnv1a(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text)
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

}  // namespace hearth::base
