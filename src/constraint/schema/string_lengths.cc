#include "constraint/schema/string_lengths.h"

#include <algorithm>
#include <vector>

#include "constraint/pattern/pattern.h"
#include "constraint/schema/json_text.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

void flatten(const Expression& part, std::vector<Expression*>& leaves, Expression& copy) {
  if (part.kind != Kind::kSequence) {
    leaves.push_back(&copy);
    return;
  }
  for (std::size_t i = 0; i < part.parts.size(); ++i) {
    flatten(part.parts[i], leaves, copy.parts[i]);
  }
}

}  // namespace

std::optional<Expression> held_to(const Expression& content, const Counts& lengths) {
  const Lengths own = lengths_of(content);
  if (own.least >= lengths.least && own.most <= lengths.most) return content;
  Expression held = content;
  std::vector<Expression*> leaves;
  flatten(content, leaves, held);
  Expression* varying = nullptr;
  std::uint64_t fixed = 0;
  for (Expression* leaf : leaves) {
    const Lengths one = lengths_of(*leaf);
    if (one.least == one.most) {
      fixed += one.least;
      continue;
    }
    const bool simple = leaf->kind == Kind::kRepeat && leaf->parts.front().kind == Kind::kCharacter;
    if (varying != nullptr || !simple) return std::nullopt;
    varying = leaf;
  }
  if (varying == nullptr || fixed > lengths.most) return impossible();
  const std::uint64_t least =
      std::max<std::uint64_t>(varying->least, lengths.least > fixed ? lengths.least - fixed : 0);
  std::uint64_t most = varying->most == kNoMost ? kUnbounded : varying->most;
  if (lengths.most != UINT64_MAX) most = std::min(most, lengths.most - fixed);
  if (least > most) return impossible();
  if (least > kRepeatMax) return std::nullopt;
  varying->least = static_cast<std::uint32_t>(least);
  varying->most = most > kRepeatMax ? kNoMost : static_cast<std::uint32_t>(most);
  if (most > kRepeatMax && most != kUnbounded) return std::nullopt;
  return held;
}

}  // namespace hearth::constraint
