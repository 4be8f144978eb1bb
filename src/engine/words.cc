#include "engine/words.h"

#include <algorithm>

namespace hearth::engine {

std::string_view Words::next() {
  const std::string_view word = peek();
  rest_.remove_prefix(word.size());
  const bool ends_in_space = rest_ == " ";
  if (word.empty() || ends_in_space) failed_ = true;
  rest_.remove_prefix(std::min<std::size_t>(rest_.size(), 1));
  return word;
}

bool Words::take(std::string_view word) {
  if (peek() != word) return false;
  next();
  return true;
}

void Words::yes_or_no(bool& value) {
  value = take("1");
  if (!value) require("0");
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n'));
  text.remove_prefix(std::min(text.size(), line.size() + 1));
  return line;
}

}  // namespace hearth::engine
