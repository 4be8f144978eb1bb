#include "constraint/pattern/code_points.h"

#include <cstdint>

namespace hearth::constraint {

std::u32string code_points(std::string_view text) {
  std::u32string points;
  std::size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<std::uint8_t>(text[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t point = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size && at + i < text.size(); ++i) {
      point = (point << 6) | (static_cast<std::uint8_t>(text[at + i]) & 0x3FU);
    }
    points.push_back(point);
    at += size;
  }
  return points;
}

}  // namespace hearth::constraint
