// A grammar as it is written down: named rules over characters, which GBNF text and JSON schemas
// are both turned into. It says what is allowed and nothing about how that is found out.
//
// Threads:    values.
// Invariants: after check(): every rule that is named exists, no rule is left-recursive, and all
//             limits below hold.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hearth::constraint {

using Token = std::int32_t;

inline constexpr std::uint32_t kNoMost = UINT32_MAX;  // of a repetition
inline constexpr std::size_t kRulesMax = 20'000;
inline constexpr std::uint32_t kRepeatMax = 20'000;  // times, where a repetition names a number
inline constexpr std::size_t kExpressionDepthMax = 200;
inline constexpr std::size_t kExpressionsMax = 200'000;  // in all rules together

struct CodePointRange {
  char32_t first = 0;
  char32_t last = 0;  // inclusive
  bool operator==(const CodePointRange&) const = default;
};

struct Expression {
  enum class Kind : std::uint8_t {
    kText,       // exactly these bytes; none is the empty text
    kCharacter,  // one code point of one of the ranges, as UTF-8
    kRule,       // what another rule allows
    kSequence,   // the parts, one after another; no parts is the empty text
    kChoice,     // one of the parts
    kRepeat,     // the one part, from `least` to `most` times
    kToken,      // one token of the vocabulary, whatever its text
    kOtherToken  // one token that is none of these
  };
  Kind kind = Kind::kText;
  std::string text = {};
  std::vector<CodePointRange> ranges = {};
  std::uint32_t rule = 0;  // its place in Rules::rules
  std::vector<Expression> parts = {};
  std::uint32_t least = 0;
  std::uint32_t most = 0;
  std::vector<Token> tokens = {};
  bool operator==(const Expression&) const = default;
};

Expression text(std::string bytes);
Expression character(std::vector<CodePointRange> ranges);
Expression rule(std::uint32_t place);
Expression sequence(std::vector<Expression> parts);
Expression choice(std::vector<Expression> parts);
Expression repeat(Expression part, std::uint32_t least, std::uint32_t most = kNoMost);
Expression optional(Expression part);
// Its parts, their parts and so on, and itself.
std::size_t count_parts(const Expression& expression);
// All code points that are in none of the ranges; never a surrogate.
std::vector<CodePointRange> all_but(std::vector<CodePointRange> ranges);

struct Rule {
  std::string name;
  Expression body;
  bool operator==(const Rule&) const = default;
};

struct Rules {
  std::vector<Rule> rules;
  std::uint32_t root = 0;
  bool operator==(const Rules&) const = default;
};

// Takes the others in behind its own; gives the place of their root. The root stays what it was.
std::uint32_t append(Rules& rules, Rules others);

// kInvalidArgument that names the rule and what is wrong with it.
Result<void> check(const Rules& rules);

}  // namespace hearth::constraint
