#include "constraint/schema/json_text.h"

#include <algorithm>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "constraint/pattern/pattern.h"
#include "constraint/schema/decimal.h"
#include "json/writer.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;
using Kind = Expression::Kind;

constexpr std::uint64_t kPlainCountMax = 1'000;

// One hexadecimal digit from `first` to `last`.
Expression hex(char32_t first, char32_t last) {
  std::vector<CodePointRange> ranges;
  if (first < 10) ranges.push_back({'0' + first, '0' + std::min<char32_t>(last, 9)});
  if (last >= 10) {
    const char32_t low = std::max<char32_t>(first, 10) - 10;
    ranges.push_back({'A' + low, 'A' + last - 10});
    ranges.push_back({'a' + low, 'a' + last - 10});
  }
  return character(std::move(ranges));
}

// \uHHHH that is no surrogate, or two of them that are a pair.
Expression unicode_escape() {
  const Expression any = hex(0, 15);
  const Expression d = character({{'D', 'D'}, {'d', 'd'}});
  Expression plain = choice({
      sequence({choice({hex(0, 12), hex(14, 15)}), any, any, any}),
      sequence({d, hex(0, 7), any, any}),
  });
  Expression pair = sequence({d, hex(8, 11), any, any, text("\\u"), d, hex(12, 15), any, any});
  return sequence({text("u"), choice({std::move(plain), std::move(pair)})});
}

Expression any_written_character() {
  return choice({
      character(all_but({{0, 0x1F}, {'"', '"'}, {'\\', '\\'}})),
      sequence({text("\\"), choice({character({{'"', '"'},
                                               {'/', '/'},
                                               {'\\', '\\'},
                                               {'b', 'b'},
                                               {'f', 'f'},
                                               {'n', 'n'},
                                               {'r', 'r'},
                                               {'t', 't'}}),
                                    unicode_escape()})}),
  });
}

bool holds(const std::vector<CodePointRange>& ranges, char32_t point) {
  return std::ranges::any_of(ranges, [point](const CodePointRange& range) {
    return point >= range.first && point <= range.last;
  });
}

// One character of these, escaped where it has to be.
Expression written_class(const std::vector<CodePointRange>& ranges) {
  struct Escape {
    char32_t point;
    std::string_view text;
  };
  constexpr Escape kEscapes[] = {{'"', "\\\""}, {'\\', "\\\\"}, {'\b', "\\b"}, {'\f', "\\f"},
                                 {'\n', "\\n"}, {'\r', "\\r"},  {'\t', "\\t"}};
  std::vector<Expression> ways;
  std::vector<CodePointRange> barred = all_but(ranges);
  barred.insert(barred.end(), {{0, 0x1F}, {'"', '"'}, {'\\', '\\'}});
  std::vector<CodePointRange> raw = all_but(std::move(barred));
  if (!raw.empty()) ways.push_back(character(std::move(raw)));
  for (const Escape& escape : kEscapes) {
    if (holds(ranges, escape.point)) ways.push_back(text(std::string(escape.text)));
  }
  for (char32_t point = 0; point < 0x20; ++point) {
    if (!holds(ranges, point)) continue;
    ways.push_back(
        sequence({text(point < 0x10 ? "\\u000" : "\\u001"), hex(point & 15U, point & 15U)}));
  }
  return one_of(std::move(ways));
}

Expression gap(Layout layout) {
  if (layout == Layout::kCompact) return text("");
  const Expression blank = text(" ");
  return optional(choice({blank, sequence({text("\n"), repeat(blank, 0, kIndentationMax)})}));
}

// Members or elements between brackets: none, or some with commas between them.
Expression listed(std::string open, const Expression& item, std::string close, Layout layout) {
  const Expression space = gap(layout);
  const Expression next =
      sequence({text(","), layout == Layout::kCompact ? optional(text(" ")) : space});
  return sequence({text(std::move(open)), space,
                   optional(sequence({item, repeat(sequence({next, item}), 0), space})),
                   text(std::move(close))});
}

Expression digits(std::uint32_t least, std::uint32_t most) {
  return repeat(character({{'0', '9'}}), least, most);
}

Expression whole() {
  return choice({text("0"), sequence({character({{'1', '9'}}), digits(0, kWholeDigitsMax - 1)})});
}

// At most 287: with twenty digits before it the number is still a double.
Expression exponent() {
  Expression size = choice({
      sequence({optional(text("0")), digits(1, 1)}),
      sequence({character({{'1', '9'}}), digits(1, 1)}),
      sequence({text("1"), digits(2, 2)}),
      sequence({text("2"), character({{'0', '7'}}), digits(1, 1)}),
      sequence({text("28"), character({{'0', '7'}})}),
  });
  return sequence({character({{'E', 'E'}, {'e', 'e'}}),
                   optional(character({{'+', '+'}, {'-', '-'}})), std::move(size)});
}

}  // namespace

std::uint32_t add_rule(Rules& rules, std::string name, Expression body) {
  rules.rules.push_back({std::move(name), std::move(body)});
  return static_cast<std::uint32_t>(rules.rules.size() - 1);
}

Expression impossible() {
  return choice({});
}

Expression one_of(std::vector<Expression> ways) {
  if (ways.size() == 1) return std::move(ways.front());
  return choice(std::move(ways));
}

Expression colon() {
  return sequence({text(":"), optional(text(" "))});
}

Expression comma() {
  return sequence({text(","), optional(text(" "))});
}

Expression quoted(Expression content) {
  return sequence({text("\""), std::move(content), text("\"")});
}

JsonRules add_json_rules(Rules& rules, Layout layout) {
  JsonRules json;
  json.character = add_rule(rules, "character", any_written_character());
  json.string = add_rule(rules, "string", quoted(repeat(any_written_character(), 0)));
  json.integer = add_rule(rules, "integer",
                          choice({text("0"), sequence({optional(text("-")), character({{'1', '9'}}),
                                                       digits(0, kWholeDigitsMax - 1)})}));
  json.number = add_rule(rules, "number",
                         sequence({optional(text("-")), whole(),
                                   optional(sequence({text("."), digits(1, kFractionDigitsMax)})),
                                   optional(exponent())}));
  json.value = add_rule(rules, "value", {});
  const Expression value = rule(json.value);
  const Expression member = sequence({rule(json.string), colon(), value});
  json.object = add_rule(rules, "object", listed("{", member, "}", layout));
  json.array = add_rule(rules, "array", listed("[", value, "]", layout));
  rules.rules[json.value].body =
      choice({rule(json.string), rule(json.number), rule(json.object), rule(json.array),
              text("true"), text("false"), text("null")});
  return json;
}

Expression written(const Expression& content, const JsonRules& json) {
  if (content.kind == Kind::kCharacter) {
    if (content == any_character()) return rule(json.character);
    return written_class(content.ranges);
  }
  Expression all = content;
  for (Expression& part : all.parts)
    part = written(part, json);
  return all;
}

Expression literal_string(std::string_view string) {
  std::string quoted_string;
  json::append_quoted(quoted_string, string);
  return text(std::move(quoted_string));
}

Expression literal(const bj::value& value) {
  const bool object = value.is_object();
  if (!object && !value.is_array()) {
    if (value.is_string()) return literal_string(value.get_string());
    if (value.is_bool()) return text(value.get_bool() ? "true" : "false");
    return text(value.is_null() ? "null" : number_text(value));
  }
  std::vector<Expression> parts{text(object ? "{" : "[")};
  const auto separate = [&] {
    if (parts.size() > 1) parts.push_back(comma());
  };
  if (object) {
    for (const auto& member : value.get_object()) {
      separate();
      parts.push_back(literal_string(member.key()));
      parts.push_back(colon());
      parts.push_back(literal(member.value()));
    }
  } else {
    for (const bj::value& element : value.get_array()) {
      separate();
      parts.push_back(literal(element));
    }
  }
  parts.push_back(text(object ? "}" : "]"));
  return sequence(std::move(parts));
}

Expression counted(Rules& rules, const Expression& part, std::uint64_t least, std::uint64_t most) {
  const auto small = [](std::uint64_t count) { return static_cast<std::uint32_t>(count); };
  const bool endless = most == kUnbounded;
  if ((endless ? least : most) <= kPlainCountMax) {
    return repeat(part, small(least), endless ? kNoMost : small(most));
  }
  // Whole blocks, and then what is left over.
  const Expression block =
      rule(add_rule(rules, "block", repeat(part, small(kPlainCountMax), small(kPlainCountMax))));
  const auto up_to = [&](std::uint64_t count) {
    const std::uint64_t blocks = count / kPlainCountMax;
    const Expression whole = repeat(block, small(blocks), small(blocks));
    const Expression rest = repeat(part, 0, small(count % kPlainCountMax));
    if (blocks == 0) return rest;
    return choice({sequence({repeat(block, 0, small(blocks - 1)),
                             repeat(part, 0, small(kPlainCountMax - 1))}),
                   sequence({whole, rest})});
  };
  const Expression first =
      sequence({repeat(block, small(least / kPlainCountMax), small(least / kPlainCountMax)),
                repeat(part, small(least % kPlainCountMax), small(least % kPlainCountMax))});
  if (endless) return sequence({first, repeat(part, 0)});
  return sequence({first, up_to(most - least)});
}

}  // namespace hearth::constraint
