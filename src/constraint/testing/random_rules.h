// For tests only: small grammars, texts and vocabularies by chance, over an alphabet in which
// much begins alike.
//
// REQUIRES: to be called within a property of rapidcheck.
#pragma once

#include <array>
#include <string>
#include <vector>

#include <rapidcheck.h>

#include "constraint/rules.h"

namespace hearth::constraint {

// Every byte that a grammar by chance knows, and one that none does.
inline constexpr std::string_view kBytesForTest = "ab()z\xC3\xA9\xAA\xCF\xB0\xD0\x90";

inline Expression random_character() {
  switch (*rc::gen::inRange(0, 6)) {
    case 0:
      return character({{'a', 'b'}});
    case 1:
      return character({{'b', 'b'}, {0xE9, 0xEA}});
    case 2:
      return character({{0x3F0, 0x410}});
    case 3:
      return character({{'(', ')'}, {'a', 'a'}, {0xE9, 0xE9}});
    case 4:
      return character({{'a', 0xE9}});
    default:
      return character({});
  }
}

inline Expression random_expression(int depth, std::uint32_t rules);

inline Expression random_repeat(int depth, std::uint32_t rules) {
  using Times = std::pair<std::uint32_t, std::uint32_t>;
  const auto [least, most] =
      *rc::gen::element(Times{0, 1}, Times{0, kNoMost}, Times{1, kNoMost}, Times{2, 3}, Times{0, 5},
                        Times{3, kNoMost}, Times{2, 2}, Times{0, 0}, Times{1, 4});
  return repeat(random_expression(depth - 1, rules), least, most);
}

inline Expression random_expression(int depth, std::uint32_t rules) {
  const int kind = *rc::gen::inRange(0, depth > 0 ? 9 : 4);
  if (kind <= 1)
    return text(*rc::gen::element<std::string>("", "a", "b", "ab", "aab", "(", "\xC3\xA9"));
  if (kind == 2) return random_character();
  if (kind == 3) {
    const std::uint32_t place = *rc::gen::inRange<std::uint32_t>(0, rules);
    if (*rc::gen::inRange(0, 4) == 0) return rule(place);
    return sequence({text("("), rule(place), text(*rc::gen::element<std::string>(")", "", "b"))});
  }
  if (kind <= 5) return random_repeat(depth, rules);
  std::vector<Expression> parts;
  for (int left = *rc::gen::inRange(1, 4); left > 0; --left)
    parts.push_back(random_expression(depth - 1, rules));
  return kind <= 7 ? sequence(std::move(parts)) : choice(std::move(parts));
}

inline Rules random_rules() {
  Rules rules;
  const auto count = *rc::gen::inRange<std::uint32_t>(1, 5);
  for (std::uint32_t place = 0; place < count; ++place)
    rules.rules.push_back({"rule-" + std::to_string(place), random_expression(3, count)});
  return rules;
}

inline std::string random_bytes(std::size_t most) {
  std::string bytes;
  for (std::size_t left = *rc::gen::inRange<std::size_t>(1, most + 1); left > 0; --left)
    bytes += kBytesForTest[*rc::gen::inRange<std::size_t>(0, kBytesForTest.size())];
  return bytes;
}

}  // namespace hearth::constraint
