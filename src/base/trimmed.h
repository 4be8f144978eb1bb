// A text without certain characters at its ends.
//
// Threads: pure.
#pragma once

#include <string_view>

namespace hearth::base {

inline std::string_view trimmed(std::string_view text, std::string_view blanks) {
  const std::size_t begin = text.find_first_not_of(blanks);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) + 1 - begin);
}

}  // namespace hearth::base
