// How deep brackets nest at most in a growing text, wherever in it a JSON document begins: strings
// are told from structure under both assumptions, that the text so far ended inside one and not.
//
// Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <utility>

namespace hearth::dialogue {

class Nesting {
 public:
  void add(char byte);
  void add(std::string_view text);
  // Never less than the depth of a JSON document that is part of the text.
  std::size_t most() const { return most_; }

 private:
  std::size_t outside_ = 0;  // the depth if this is outside of strings
  std::size_t inside_ = 0;   // and if it is inside of one
  std::size_t most_ = 0;
  bool escaped_ = false;
};

inline void Nesting::add(char byte) {
  const bool escaped = std::exchange(escaped_, byte == '\\' && !escaped_);
  if (byte == '\\') {
    outside_ = 0;  // no JSON goes on here outside of a string
  } else if (byte == '"') {
    if (!escaped) std::swap(outside_, inside_);
  } else if (byte == '[' || byte == '{') {
    most_ = std::max(most_, ++outside_);
  } else if (byte == ']' || byte == '}') {
    if (outside_ > 0) --outside_;
  }
}

inline void Nesting::add(std::string_view text) {
  for (const char byte : text)
    add(byte);
}

}  // namespace hearth::dialogue
