#include "random_grammar.h"

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

constexpr std::size_t kRulesMost = 5;
constexpr std::size_t kDepthMost = 3;

constexpr std::u32string_view kLiterals[] = {
    U"a",     U"b",   U"ab", U"the", U" the", U"true", U"\"",     U"\\",   U"\n",
    U": ",    U"{",   U"},", U"0",   U"1.",   U"é",    U"naïve",  U"日本", U"😀",
    U"приве", U"]-[", U"  ", U"#x",  U"ß)",   U"(",    U"e\u0301"};

struct Range {
  char32_t first;
  char32_t last;
};
constexpr Range kRanges[] = {
    {'a', 'z'},         {'A', 'Z'},         {'0', '9'},      {'a', 'c'},       {' ', ' '},
    {'\n', '\n'},       {'-', '-'},         {']', ']'},      {'^', '^'},       {'"', '"'},
    {'\\', '\\'},       {0xE9, 0xE9},       {0xC0, 0xFF},    {0x400, 0x4FF},   {0x4E00, 0x9FFF},
    {0x1F600, 0x1F64F}, {0x20, 0x7E},       {0x80, 0x7FF},   {0x3041, 0x309F}, {0x800, 0xFFFF},
    {0x7F, 0x10FFFF},   {0x10000, 0x1FFFF}, {0x20AC, 0x20AC}};

constexpr std::string_view kTimes[] = {"*",     "+",     "?",   "{2}",   "{1,}",
                                       "{0,3}", "{2,5}", "{0}", "{0,30}"};

bool may_be_none(std::string_view times) {
  return times[0] == '*' || times[0] == '?' || times.substr(0, 2) == "{0";
}

void append_utf8(std::string& text, char32_t c) {
  const auto append = [&](char32_t byte) { text += static_cast<char>(byte); };
  if (c < 0x80) return append(c);
  if (c >= 0x10000) append(0xF0 | (c >> 18));
  if (c >= 0x10000) append(0x80 | ((c >> 12) & 0x3F));
  if (c >= 0x800 && c < 0x10000) append(0xE0 | (c >> 12));
  if (c >= 0x800) append(0x80 | ((c >> 6) & 0x3F));
  if (c < 0x800) append(0xC0 | (c >> 6));
  append(0x80 | (c & 0x3F));
}

}  // namespace

std::string RandomGrammar::write() {
  rules_ = 1 + dice_.below(kRulesMost);
  std::string text = dice_.one_in(4) ? "# a grammar\n\n" : "";
  for (std::size_t rule = 0; rule < rules_; ++rule) {
    text += fmt::format("{} ::= {}\n", rule_name(rule), rule_body(rule));
  }
  return text;
}

std::string RandomGrammar::rule_name(std::size_t rule) const {
  return rule == 0 ? "root" : fmt::format("r-{}", rule);
}

std::string RandomGrammar::rule_body(std::size_t rule) {
  Spot first{.rule = rule};
  std::string body = sequence(first);
  for (std::size_t more = dice_.below(3); more > 0; --more) {
    Spot next{.rule = rule, .may_recur = true};
    body += (dice_.one_in(3) ? " |\n  " : " | ") + sequence(next);
  }
  return body;
}

std::string RandomGrammar::sequence(Spot& spot) {
  std::string text = item(spot);
  for (std::size_t more = dice_.below(4); more > 0; --more)
    text += " " + item(spot);
  return text;
}

std::string RandomGrammar::item(Spot& spot) {
  const bool consumed_before = spot.consumed;
  std::string text = one(spot);
  if (!dice_.one_in(3)) return text;
  const std::string_view times = dice_.any_of(kTimes);
  if (may_be_none(times)) spot.consumed = consumed_before;
  return text.append(times);
}

std::string RandomGrammar::one(Spot& spot) {
  const std::size_t kind = dice_.below(8);
  if (kind == 0 && spot.depth < kDepthMost) return group(spot);
  if (kind <= 2) return reference(spot);
  spot.consumed = true;
  return kind <= 4 ? literal() : character_class();
}

std::string RandomGrammar::group(Spot& spot) {
  std::string text = dice_.one_in(4) ? "( # so\n " : "(";
  bool all_consumed = true;
  for (std::size_t more = 1 + dice_.below(3); more > 0; --more) {
    Spot inside = spot;
    ++inside.depth;
    if (!dice_.one_in(12)) text += sequence(inside);
    if (more > 1) text += dice_.one_in(3) ? "\n  | " : " | ";
    all_consumed = all_consumed && inside.consumed;
  }
  spot.consumed = all_consumed;
  return text + ")";
}

// A rule that comes later; or one that came before, where that is no left recursion.
std::string RandomGrammar::reference(Spot& spot) {
  if (spot.may_recur && spot.consumed && dice_.one_in(2)) {
    return rule_name(dice_.below(spot.rule + 1));
  }
  const std::size_t later = rules_ - spot.rule - 1;
  if (later > 0) return rule_name(spot.rule + 1 + dice_.below(later));
  spot.consumed = true;
  return literal();
}

std::string RandomGrammar::literal() {
  std::string text = "\"";
  for (const char32_t character : dice_.any_of(kLiterals))
    text += escaped(character, "\"\\");
  return text + "\"";
}

std::string RandomGrammar::character_class() {
  if (dice_.one_in(8)) return ".";
  const bool negated = classes_ == Classes::kNegatedToo && dice_.one_in(2);
  std::string text = negated ? "[^" : "[";
  for (std::size_t more = 1 + dice_.below(3); more > 0; --more) {
    const Range& range = dice_.any_of(kRanges);
    text += escaped(range.first, "\\]-^[");
    if (range.last != range.first) text += "-" + escaped(range.last, "\\]-^[");
  }
  return text + "]";
}

// As it is, or in one of the ways in which it can be escaped.
std::string RandomGrammar::escaped(char32_t character, std::string_view special) {
  const auto number = static_cast<std::uint32_t>(character);
  const std::size_t way = dice_.below(8);
  if (way == 0 && character <= 0xFF) return fmt::format("\\x{:02X}", number);
  if (way == 1 && character <= 0xFFFF) return fmt::format("\\u{:04x}", number);
  const bool is_special =
      character < 0x80 && special.find(static_cast<char>(character)) != std::string_view::npos;
  if (way == 2 || is_special) return fmt::format("\\U{:08X}", number);
  if (character == U'\n') return "\\n";
  std::string text;
  append_utf8(text, character);
  return text;
}

}  // namespace hearth::constraint
