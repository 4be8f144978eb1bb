// Where a text begins or ends with a part of another one, and where with white space.
//
// Threads: pure functions.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace hearth::dialogue {

inline constexpr std::string_view kWhiteSpace = " \t\n\r\f\v";

// How many bytes at the end of `text` are the beginning of `mark`, but not all of it.
inline std::size_t unfinished_at_end(std::string_view text, std::string_view mark) {
  if (mark.empty()) return 0;
  for (std::size_t size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
    if (text.ends_with(mark.substr(0, size))) return size;
  }
  return 0;
}

// How many bytes at the beginning of `text` are the end of `mark`, but not all of it.
inline std::size_t continued_at_begin(std::string_view text, std::string_view mark) {
  if (mark.empty()) return 0;
  for (std::size_t size = std::min(text.size(), mark.size() - 1); size > 0; --size) {
    if (text.starts_with(mark.substr(mark.size() - size))) return size;
  }
  return 0;
}

// The size of `text` without the white space at its end; 0 when it is all white space.
inline std::size_t size_without_space(std::string_view text) {
  const std::size_t last = text.find_last_not_of(kWhiteSpace);
  return last == std::string_view::npos ? 0 : last + 1;
}

// Where `text` begins without the white space at its beginning.
inline std::size_t begin_without_space(std::string_view text) {
  return std::min(text.find_first_not_of(kWhiteSpace), text.size());
}

inline std::string_view without_space(std::string_view text) {
  text = text.substr(0, size_without_space(text));
  return text.substr(begin_without_space(text));
}

}  // namespace hearth::dialogue
