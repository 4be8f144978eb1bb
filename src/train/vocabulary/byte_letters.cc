#include "train/vocabulary/byte_letters.h"

#include <array>
#include <cstdint>

namespace hearth::train {

namespace {

bool stands_for_itself(std::uint32_t byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte <= 0xAC) ||
         (byte >= 0xAE && byte <= 0xFF);
}

std::array<std::string, 256> all_letters() {
  std::array<std::string, 256> letters;
  std::uint32_t next = 0x100;
  for (std::uint32_t byte = 0; byte < letters.size(); ++byte) {
    const std::uint32_t point = stands_for_itself(byte) ? byte : next++;
    if (point < 0x80) {
      letters[byte] = static_cast<char>(point);
      continue;
    }
    letters[byte] = static_cast<char>(0xC0 | (point >> 6));
    letters[byte] += static_cast<char>(0x80 | (point & 0x3F));
  }
  return letters;
}

}  // namespace

std::string byte_letters(std::string_view bytes) {
  static const std::array<std::string, 256> letters = all_letters();
  std::string written;
  for (const char byte : bytes)
    written += letters[static_cast<unsigned char>(byte)];
  return written;
}

}  // namespace hearth::train
