#include "base/base64.h"

#include <cstdint>

namespace hearth::base {

namespace {

constexpr std::string_view kSigns =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::size_t kGroupBytes = 3;
constexpr std::size_t kGroupSigns = 4;
constexpr unsigned kSignBits = 6;
constexpr unsigned kSignMask = 0x3F;

}  // namespace

void append_base64(std::string& out, std::string_view bytes) {
  out.reserve(out.size() + (bytes.size() + kGroupBytes - 1) / kGroupBytes * kGroupSigns);
  for (std::size_t at = 0; at < bytes.size(); at += kGroupBytes) {
    const std::string_view group = bytes.substr(at, kGroupBytes);
    std::uint32_t bits = 0;
    for (std::size_t i = 0; i < kGroupBytes; ++i)
      bits = bits << 8 | (i < group.size() ? static_cast<unsigned char>(group[i]) : 0);
    for (std::size_t i = 0; i < kGroupSigns; ++i) {
      const unsigned shift = kSignBits * static_cast<unsigned>(kGroupSigns - 1 - i);
      out += i <= group.size() ? kSigns[bits >> shift & kSignMask] : '=';
    }
  }
}

}  // namespace hearth::base
