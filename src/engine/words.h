// A line of words and numbers, one space between them: what the engine's own small text files are
// made of. Numbers read back as exactly what was written.
//
// Errors:  the first thing that is not as asked makes it fail for good; what it yields after that
//          means nothing.
// Threads: thread-compatible.
#pragma once

#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace hearth::engine {

template <typename T>
void append_number(std::string& line, T value) {
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof text, value);
  line.append(1, ' ').append(text, end);
}

class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}

  bool failed() const { return failed_; }
  // Nothing failed and nothing is left over.
  bool complete() const { return !failed_ && rest_.empty(); }
  // Takes the next word if it is this one.
  bool take(std::string_view word);
  void require(std::string_view word) { failed_ = !take(word) || failed_; }
  void fail() { failed_ = true; }
  template <typename T>
  void number(T& value) {
    const std::string_view word = next();
    const char* end = word.data() + word.size();
    const auto [stopped, error] = std::from_chars(word.data(), end, value);
    if (error != std::errc() || stopped != end || !is_usual(value)) failed_ = true;
  }
  void yes_or_no(bool& value);  // 1 or 0

 private:
  // Neither infinite nor no number at all.
  template <typename T>
  static bool is_usual(T value) {
    if constexpr (std::is_floating_point_v<T>) return std::isfinite(value);
    return true;
  }
  std::string_view peek() const { return rest_.substr(0, rest_.find(' ')); }
  std::string_view next();

  std::string_view rest_;
  bool failed_ = false;
};

// The next line of a text, without its end; and takes it off.
std::string_view take_line(std::string_view& text);

}  // namespace hearth::engine
