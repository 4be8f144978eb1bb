// What the template engine said went wrong, which is a sentence among a picture of the source, as a
// sentence and a place.
//
// Threads: pure.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hearth::dialogue {

struct TextPlace {
  std::size_t line = 1;
  std::size_t column = 1;  // in characters
  bool operator==(const TextPlace&) const = default;
};
// Of a byte, or of the end for one behind it.
TextPlace place_in(std::string_view text, std::size_t byte);

struct JinjaFault {
  std::string sentence;
  std::optional<std::size_t> line;
  std::optional<std::size_t> column;  // only with a line
};
JinjaFault fault_of(const std::string& said, const std::string& source);
// "line 3, column 8: no such filter", in one line.
std::string in_words(const JinjaFault& fault);

}  // namespace hearth::dialogue
