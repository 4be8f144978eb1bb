#include "constraint/rules.h"

#include <algorithm>
#include <iterator>

namespace hearth::constraint {

namespace {

constexpr char32_t kLastCodePoint = 0x10FFFF;
constexpr CodePointRange kSurrogates{0xD800, 0xDFFF};

}  // namespace

Expression text(std::string bytes) {
  return {.kind = Expression::Kind::kText, .text = std::move(bytes)};
}

Expression character(std::vector<CodePointRange> ranges) {
  return {.kind = Expression::Kind::kCharacter, .ranges = std::move(ranges)};
}

Expression rule(std::uint32_t place) {
  return {.kind = Expression::Kind::kRule, .rule = place};
}

Expression sequence(std::vector<Expression> parts) {
  return {.kind = Expression::Kind::kSequence, .parts = std::move(parts)};
}

Expression choice(std::vector<Expression> parts) {
  return {.kind = Expression::Kind::kChoice, .parts = std::move(parts)};
}

Expression repeat(Expression part, std::uint32_t least, std::uint32_t most) {
  Expression all{.kind = Expression::Kind::kRepeat, .least = least, .most = most};
  all.parts.push_back(std::move(part));
  return all;
}

Expression optional(Expression part) {
  return repeat(std::move(part), 0, 1);
}

std::size_t count_parts(const Expression& expression) {
  std::size_t size = 1;
  for (const Expression& part : expression.parts)
    size += count_parts(part);
  return size;
}

std::vector<CodePointRange> all_but(std::vector<CodePointRange> ranges) {
  ranges.push_back(kSurrogates);
  std::sort(ranges.begin(), ranges.end(),
            [](const CodePointRange& a, const CodePointRange& b) { return a.first < b.first; });
  std::vector<CodePointRange> others;
  char32_t next = 0;
  for (const CodePointRange& range : ranges) {
    if (range.first > next) others.push_back({next, range.first - 1});
    next = std::max<char32_t>(next, range.last + 1);
  }
  if (next <= kLastCodePoint) others.push_back({next, kLastCodePoint});
  return others;
}

std::uint32_t append(Rules& rules, Rules others) {
  const auto shift = static_cast<std::uint32_t>(rules.rules.size());
  std::vector<Expression*> open;
  for (Rule& other : others.rules)
    open.push_back(&other.body);
  while (!open.empty()) {
    Expression& next = *open.back();
    open.pop_back();
    if (next.kind == Expression::Kind::kRule) next.rule += shift;
    for (Expression& part : next.parts)
      open.push_back(&part);
  }
  rules.rules.insert(rules.rules.end(), std::make_move_iterator(others.rules.begin()),
                     std::make_move_iterator(others.rules.end()));
  return others.root + shift;
}

}  // namespace hearth::constraint
