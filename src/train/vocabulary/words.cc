#include "train/vocabulary/words.h"

#include <algorithm>

namespace hearth::train {

namespace {

constexpr std::size_t kEnd = std::string_view::npos;

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool is_line_end(char c) {
  return c == '\n' || c == '\r';
}
bool is_ascii(char c) {
  return static_cast<unsigned char>(c) < 0x80;
}
bool is_sign(char c) {
  return is_ascii(c) && !is_letter(c) && !is_digit(c) && !is_space(c);
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

template <typename Test>
std::size_t skip(std::string_view text, std::size_t at, Test test) {
  while (at < text.size() && test(text[at]))
    ++at;
  return at;
}

// "'s", "'re" and their kin; 0 for anything else.
std::size_t contraction(std::string_view text) {
  if (text[0] != '\'' || text.size() < 2) return 0;
  const char first = lower(text[1]);
  if (first == 's' || first == 't' || first == 'm' || first == 'd') return 2;
  if (text.size() < 3) return 0;
  const char second = lower(text[2]);
  const bool three = (first == 'r' && second == 'e') || (first == 'v' && second == 'e') ||
                     (first == 'l' && second == 'l');
  return three ? 3 : 0;
}

// Letters, with one byte before them that is neither a digit nor a line end.
std::size_t letters(std::string_view text) {
  if (is_line_end(text[0]) || is_digit(text[0])) return 0;
  const bool begins = is_letter(text[0]) || (text.size() > 1 && is_letter(text[1]));
  return begins ? skip(text, 1, is_letter) : 0;
}

// Signs, with a space before them and the line ends behind them.
std::size_t signs(std::string_view text) {
  const std::size_t begin = text[0] == ' ' ? 1 : 0;
  const std::size_t end = skip(text, begin, is_sign);
  return end == begin ? 0 : skip(text, end, is_line_end);
}

// Up to the last line end; or all spaces but the last, which belongs to what follows.
std::size_t spaces(std::string_view text) {
  const std::size_t end = skip(text, 0, is_space);
  const std::size_t line_end = text.substr(0, end).find_last_of("\r\n");
  if (line_end != kEnd) return line_end + 1;
  return end > 1 && end < text.size() ? end - 1 : end;
}

// A character, or one byte of what is none.
std::size_t character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text[0]);
  const std::size_t wanted = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
  const auto follows = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; };
  const std::size_t length = skip(text.substr(0, wanted), 1, follows);
  return length == wanted ? length : 1;
}

}  // namespace

std::size_t Words::length_of_next() {
  if (!is_ascii(text_[0])) {
    beyond_ascii_ = true;
    return character(text_);
  }
  if (beyond_ascii_ && !is_space(text_[0])) return 1;
  if (beyond_ascii_) {
    beyond_ascii_ = false;
    // They belong to signs before them, if those were signs.
    const std::size_t line_ends = skip(text_, 0, is_line_end);
    if (line_ends > 0) return line_ends;
  }
  for (const auto rule : {contraction, letters}) {
    if (const std::size_t length = rule(text_); length > 0) return length;
  }
  if (is_digit(text_[0])) return 1;
  const std::size_t length = signs(text_);
  return length > 0 ? length : spaces(text_);
}

std::string_view Words::next() {
  if (text_.empty()) return {};
  const std::string_view word = text_.substr(0, length_of_next());
  text_.remove_prefix(word.size());
  return word;
}

}  // namespace hearth::train
