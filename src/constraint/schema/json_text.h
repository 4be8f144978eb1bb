// How JSON is written by the rules of a schema: which blanks stand between tokens, how strings
// are escaped, what a number looks like.
//
// A comma or colon may be followed by one blank, because that is how models write; nothing else.
// In a string a character may be written in every way JSON knows; in one that is held to a
// pattern, and in the keys of `properties`, only control characters, quotes and backslashes are
// escaped.
//
// Limits:  a number has at most kWholeDigitsMax digits before its point and kFractionDigitsMax
//          behind, and an exponent that keeps it within a double.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>

#include "constraint/rules.h"

namespace hearth::constraint {

inline constexpr std::uint32_t kWholeDigitsMax = 20;
inline constexpr std::uint32_t kFractionDigitsMax = 20;
inline constexpr std::uint64_t kCountMax = 10'000'000;  // of characters or elements
inline constexpr std::uint32_t kIndentationMax = 32;    // blanks after a new line

// kPretty: where a blank may stand, also a new line and blanks.
enum class Layout { kCompact, kPretty };

// Rules that every schema may use; the places of all.
struct JsonRules {
  std::uint32_t value = 0;
  std::uint32_t object = 0;
  std::uint32_t array = 0;
  std::uint32_t string = 0;
  std::uint32_t character = 0;  // one code point of a string, however it is written
  std::uint32_t number = 0;
  std::uint32_t integer = 0;
};
JsonRules add_json_rules(Rules& rules, Layout layout);

Expression colon();
Expression comma();
Expression quoted(Expression content);
// Content of a string (pattern.h) as it is written in JSON.
Expression written(const Expression& content, const JsonRules& json);
// Exactly this value; the numbers as short as they can be.
Expression literal(const boost::json::value& value);
// The string in quotes, escaped as little as JSON allows.
Expression literal_string(std::string_view string);

std::uint32_t add_rule(Rules& rules, std::string name, Expression body);

// One of these; nothing at all when there are none, and itself when there is one.
Expression one_of(std::vector<Expression> ways);
Expression impossible();
// As repeat(), in blocks where there are very many, so that no automaton needs a state for each.
// REQUIRES: at most kCountMax, or kUnbounded (pattern.h) for `most`.
Expression counted(Rules& rules, const Expression& part, std::uint64_t least, std::uint64_t most);

}  // namespace hearth::constraint
