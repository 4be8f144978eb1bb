// A place in the text of a grammar, and what is wrong there: line, column, what was expected and
// what was found. It knows blanks and characters and nothing about rules.
//
// Ownership:  borrows the text.
// Threads:    thread-compatible.
// Invariants: the text is UTF-8 without a zero byte, so that peek() is 0 at its end only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::constraint {

class GbnfCursor {
 public:
  // kInvalidArgument with the place of what is not UTF-8.
  static Result<GbnfCursor> create(std::string_view text);

  std::size_t place() const { return place_; }
  bool at_end() const { return place_ == text_.size(); }
  char peek(std::size_t ahead = 0) const {
    return place_ + ahead < text_.size() ? text_[place_ + ahead] : '\0';
  }

  // Goes past `wanted` where it stands here.
  bool take(std::string_view wanted);
  // REQUIRES: not at the end.
  char32_t take_character();
  // Letters, digits and '-'; empty where none stand here.
  std::string_view take_name();
  // As many of these bytes as stand here.
  std::string_view take_all_of(std::string_view bytes);
  // Up to the first of these bytes, or to the end.
  std::string_view take_until(std::string_view bytes);
  // Spaces, tabs and a comment, and within parentheses line ends, too.
  enum class Blanks : std::uint8_t { kInLine, kOverLines };
  void skip(Blanks blanks);

  std::size_t line_of(std::size_t place) const;
  // "line 2, column 5: expected WHAT, found 'x'", where the cursor stands.
  Failure expected(std::string_view what) const;
  // "line 2, column 5: WHAT", at that place.
  Failure wrong(std::size_t place, std::string_view what) const;

 private:
  explicit GbnfCursor(std::string_view text) : text_(text) {}

  std::string found() const;

  std::string_view text_;
  std::size_t place_ = 0;
};

}  // namespace hearth::constraint
