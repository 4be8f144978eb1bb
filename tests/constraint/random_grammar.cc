#include "random_grammar.h"

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

constexpr std::size_t kRulesMost = 5;
constexpr std::size_t kDepthMost = 3;
constexpr std::size_t kWideLoopsMost = 2;
constexpr std::size_t kTokensNamed = 500;  // every vocabulary has so many

constexpr std::u32string_view kLiterals[] = {
    U"a",     U"b",   U"ab", U"the", U" the", U"true", U"\"",     U"\\",   U"\n",
    U": ",    U"{",   U"},", U"0",   U"1.",   U"é",    U"naïve",  U"日本", U"😀",
    U"приве", U"]-[", U"  ", U"#x",  U"ß)",   U"(",    U"e\u0301"};

constexpr RandomGrammar::Range kNarrow[] = {
    {'0', '9'},       {'a', 'c'},     {' ', ' '},       {'\n', '\n'},
    {'-', '-'},       {']', ']'},     {'^', '^'},       {'"', '"'},
    {'\\', '\\'},     {0xE9, 0xE9},   {0x3041, 0x309F}, {0x1F600, 0x1F64F},
    {0x20AC, 0x20AC}, {0x410, 0x42F}, {'a', 'a'},       {0x10000, 0x10FFF}};
constexpr RandomGrammar::Range kWide[] = {
    {'a', 'z'},   {'A', 'Z'},    {0xC0, 0xFF},    {0x400, 0x4FF},   {0x4E00, 0x9FFF},
    {0x20, 0x7E}, {0x80, 0x7FF}, {0x800, 0xFFFF}, {0x7F, 0x10FFFF}, {0x10000, 0x1FFFF}};

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
  if (!dice_.one_in(3)) return one(spot);
  const std::string_view times = dice_.any_of(kTimes);
  const bool in_group = dice_.one_in(4);
  const bool wide = !in_group && wide_loops_ < kWideLoopsMost && dice_.one_in(2);
  if (wide) ++wide_loops_;
  std::string text = wide ? wide_class() : narrow_leaf(spot);
  if (in_group) text = "(" + text + " " + one(spot) + ")";
  if (may_be_none(times)) spot.consumed = consumed_before;
  return text.append(times);
}

std::string RandomGrammar::one(Spot& spot) {
  const std::size_t kind = dice_.below(8);
  if (kind == 0 && spot.depth < kDepthMost) return group(spot);
  return kind <= 2 ? reference(spot) : leaf(spot);
}

std::string RandomGrammar::leaf(Spot& spot) {
  return dice_.one_in(3) ? wide_class() : narrow_leaf(spot);
}

std::string RandomGrammar::narrow_leaf(Spot& spot) {
  spot.consumed = true;
  if (kind_ == Kind::kTokens && dice_.one_in(3)) return token();
  return dice_.one_in(2) ? literal() : "[" + ranges(kNarrow) + "]";
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
  return leaf(spot);
}

std::string RandomGrammar::literal() {
  std::string text = "\"";
  for (const char32_t character : dice_.any_of(kLiterals))
    text += escaped(character, "\"\\");
  return text + "\"";
}

std::string RandomGrammar::token() {
  return fmt::format("{}<[{}]>", dice_.one_in(3) ? "!" : "", dice_.below(kTokensNamed));
}

std::string RandomGrammar::wide_class() {
  if (dice_.one_in(4)) return ".";
  if (kind_ != Kind::kNegatedClasses || dice_.one_in(2)) return "[" + ranges(kWide) + "]";
  return "[^" + (dice_.one_in(2) ? ranges(kWide) : ranges(kNarrow)) + "]";
}

std::string RandomGrammar::ranges(std::span<const Range> from) {
  std::string text;
  for (std::size_t more = 1 + dice_.below(3); more > 0; --more) {
    const Range& range = from[dice_.below(from.size())];
    text += escaped(range.first, "\\]-^[");
    if (range.last != range.first) text += "-" + escaped(range.last, "\\]-^[");
  }
  return text;
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
