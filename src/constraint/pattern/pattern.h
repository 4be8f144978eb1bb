// Regular expressions of ECMA-262 (with the flag u), as `pattern` of JSON schema uses them, turned
// into a language: which whole strings have a match in them. Here one character is one code
// point; how it is written in JSON is another matter (json_text.h).
//
// A content is an Expression of characters, sequences, choices and repeats only.
//
// Errors:  kInvalidArgument that names what is not supported: lookaround, references back, word
//          boundaries, properties of characters (\p), flags.
// Limits:  kPatternBytesMax; kPatternDepthMax groups within each other; kPatternSizeMax
//          characters when every repetition is written out.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "constraint/rules.h"

namespace hearth::constraint {

inline constexpr std::size_t kPatternBytesMax = 8'192;
inline constexpr std::size_t kPatternDepthMax = 40;
inline constexpr std::uint64_t kPatternSizeMax = 100'000;
inline constexpr std::size_t kPatternAnchoredMax = 200;  // ways through groups with ^ or $ in them

Result<Expression> content_of_pattern(std::string_view pattern);

// Any character at all, once.
Expression any_character();

// How many characters its strings can have; `most` is kUnbounded where there is no bound.
inline constexpr std::uint64_t kUnbounded = UINT64_MAX;
struct Lengths {
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};
Lengths lengths_of(const Expression& content);

// The class of `\d`, `\w` or `\s`.
std::vector<CodePointRange> class_of_escape(char letter);

}  // namespace hearth::constraint
