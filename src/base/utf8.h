// UTF-8: is it valid, where does an unfinished character begin, and a repair that shows what
// was broken. Nothing here knows about scripts or widths.
//
// Threads: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hearth::base {

// The offset of the first byte that is not valid UTF-8 (overlong forms, surrogates and values
// above U+10FFFF included), or npos. An unfinished character at the end counts as invalid.
std::size_t find_invalid_utf8(std::string_view text);
inline bool is_utf8(std::string_view text) {
  return find_invalid_utf8(text) == std::string_view::npos;
}

// How many bytes at the end are the valid beginning of a character that needs more bytes: 0 to 3.
std::size_t unfinished_utf8_suffix(std::string_view text);

// Every maximal invalid piece becomes U+FFFD.
std::string repair_utf8(std::string_view text);

}  // namespace hearth::base
