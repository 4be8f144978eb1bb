#include "cli/terminal_layout.h"

#include <algorithm>
#include <cstdint>

#include <locale.h>
#include <wchar.h>

namespace hearth::cli {

namespace {

// The columns of a character, by the C library's tables for UTF-8; 1 where it has none.
std::size_t width_of(char32_t character) {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  if (character < 0x80 || utf8 == nullptr) return 1;
  const locale_t before = ::uselocale(utf8);
  const int width = ::wcwidth(static_cast<wchar_t>(character));
  ::uselocale(before);
  return width < 0 ? 1 : static_cast<std::size_t>(width);
}

// REQUIRES: valid UTF-8.
char32_t next_character(std::string_view text, std::size_t& at) {
  const auto lead = static_cast<std::uint8_t>(text[at++]);
  if (lead < 0x80) return lead;
  char32_t character = lead & (lead >= 0xF0 ? 0x07 : lead >= 0xE0 ? 0x0F : 0x1F);
  while (at < text.size() && (static_cast<std::uint8_t>(text[at]) & 0xC0) == 0x80) {
    character = (character << 6) | (static_cast<std::uint8_t>(text[at++]) & 0x3F);
  }
  return character;
}

}  // namespace

Position position_after(Position from, std::string_view text, std::size_t columns) {
  constexpr std::size_t kTabStop = 8;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = next_character(text, at);
    if (character == U'\n') {
      from = {from.row + 1, 0};
      continue;
    }
    if (character == U'\t') {
      from.column = std::min((from.column / kTabStop + 1) * kTabStop, columns - 1);
      continue;
    }
    const std::size_t width = width_of(character);
    if (from.column + width > columns) from = {from.row + 1, 0};
    from.column += width;
  }
  // A full row: the terminal wraps with the next character, and the cursor belongs there.
  if (from.column >= columns) from = {from.row + 1, 0};
  return from;
}

}  // namespace hearth::cli
