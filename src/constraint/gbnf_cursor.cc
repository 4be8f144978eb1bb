#include "constraint/gbnf_cursor.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::constraint {

namespace {

bool is_name_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') || byte == '-';
}

bool continues_character(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// How many bytes the character takes that begins with this one.
std::size_t size_of_character(char first) {
  const auto byte = static_cast<unsigned char>(first);
  if (byte < 0x80) return 1;
  if (byte < 0xE0) return 2;
  return byte < 0xF0 ? 3 : 4;
}

}  // namespace

Result<GbnfCursor> GbnfCursor::create(std::string_view text) {
  const GbnfCursor cursor(text);
  const std::size_t invalid = base::find_invalid_utf8(text);
  if (invalid != std::string_view::npos) return cursor.wrong(invalid, "this is not UTF-8");
  const std::size_t zero = text.find('\0');
  if (zero != std::string_view::npos) {
    return cursor.wrong(zero, "a zero byte cannot stand in a grammar; write \\x00");
  }
  return cursor;
}

bool GbnfCursor::take(std::string_view wanted) {
  if (text_.substr(place_, wanted.size()) != wanted) return false;
  place_ += wanted.size();
  return true;
}

char32_t GbnfCursor::take_character() {
  HEARTH_ASSERT(!at_end());
  constexpr unsigned char kFirstBits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
  const std::size_t size = size_of_character(peek());
  char32_t character = static_cast<unsigned char>(peek()) & kFirstBits[size];
  for (std::size_t i = 1; i < size; ++i) {
    character = (character << 6) | (static_cast<unsigned char>(peek(i)) & 0x3F);
  }
  place_ += size;
  return character;
}

std::string_view GbnfCursor::take_name() {
  const std::size_t begin = place_;
  while (is_name_byte(peek()))
    ++place_;
  return text_.substr(begin, place_ - begin);
}

std::string_view GbnfCursor::take_all_of(std::string_view bytes) {
  const std::size_t begin = place_;
  place_ = std::min(text_.find_first_not_of(bytes, begin), text_.size());
  return text_.substr(begin, place_ - begin);
}

std::string_view GbnfCursor::take_until(std::string_view bytes) {
  const std::size_t begin = place_;
  place_ = std::min(text_.find_first_of(bytes, begin), text_.size());
  return text_.substr(begin, place_ - begin);
}

void GbnfCursor::skip(Blanks blanks) {
  const std::string_view blank_bytes = blanks == Blanks::kInLine ? " \t" : " \t\r\n";
  take_all_of(blank_bytes);
  while (peek() == '#') {
    take_until("\r\n");
    take_all_of(blank_bytes);
  }
}

std::size_t GbnfCursor::line_of(std::size_t place) const {
  std::size_t line = 1;
  for (std::size_t i = 0; i < place; ++i) {
    const bool ends_line = text_[i] == '\n' || (text_[i] == '\r' && text_.substr(i + 1, 1) != "\n");
    if (ends_line) ++line;
  }
  return line;
}

Failure GbnfCursor::expected(std::string_view what) const {
  return wrong(place_, fmt::format("expected {}, found {}", what, found()));
}

Failure GbnfCursor::wrong(std::size_t place, std::string_view what) const {
  const std::size_t line_end = text_.substr(0, place).find_last_of("\r\n");
  const std::size_t line_begin = line_end == std::string_view::npos ? 0 : line_end + 1;
  std::size_t column = 1;
  for (std::size_t i = line_begin; i < place; ++i) {
    if (!continues_character(text_[i])) ++column;
  }
  return fail(Code::kInvalidArgument,
              fmt::format("line {}, column {}: {}", line_of(place), column, what), "grammar");
}

std::string GbnfCursor::found() const {
  if (at_end()) return "the end of the grammar";
  const char byte = peek();
  if (byte == '\n' || byte == '\r') return "the end of the line";
  if (static_cast<unsigned char>(byte) < 0x20) return fmt::format("U+{:04X}", byte);
  return fmt::format("'{}'", text_.substr(place_, size_of_character(byte)));
}

}  // namespace hearth::constraint
