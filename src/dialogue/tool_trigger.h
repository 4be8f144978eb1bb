// When the grammar of tool calls begins to hold: as soon as the answer has one of some words, or
// what one of some patterns finds, or the name of a tool behind what one of some heads finds: where
// a family has no mark before its calls, a text like a call's is one only with such a name.
//
// A pattern is searched for only near what is new: std::regex takes call stack and time by the
// length of what it reads, and answers are long.
//
// Threads: immutable; thread-safe.
// Limits:  kPatternBytesMax: a pattern finds nothing longer.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "dialogue/answer_format.h"

namespace hearth::dialogue {

inline constexpr std::size_t kPatternBytesMax = 256;

class ToolTrigger {
 public:
  struct Source {
    std::vector<std::string> words;
    std::vector<std::string> patterns;  // ECMAScript; the first group that took part is the place
    std::vector<std::string> heads;     // ECMAScript
    std::vector<std::string> names;     // of letters, digits, '_', '-' and '.'
  };
  static Result<std::shared_ptr<const ToolTrigger>> create(const Source& source);

  std::optional<std::size_t> find(std::string_view answer, std::size_t from) const;
  const std::vector<std::string>& words() const { return words_; }

 private:
  using Match = std::match_results<std::string_view::const_iterator>;

  std::optional<std::size_t> find_word(std::string_view answer, std::size_t from) const;
  std::optional<std::size_t> find_pattern(std::string_view answer, std::size_t from) const;
  std::optional<std::size_t> find_in(std::string_view window,
                                     std::regex_constants::match_flag_type flags) const;
  std::optional<std::size_t> find_head(std::string_view window, const std::regex& head) const;

  std::vector<std::string> words_;
  std::vector<std::regex> patterns_;
  std::vector<std::regex> heads_;
  std::set<std::string, std::less<>> names_;
};

}  // namespace hearth::dialogue
