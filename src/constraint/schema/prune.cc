#include "constraint/schema/prune.h"

#include <algorithm>
#include <utility>

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

constexpr std::uint32_t kGone = UINT32_MAX;

bool can_end(const Expression& part, const std::vector<bool>& ending) {
  const auto ends = [&](const Expression& one) { return can_end(one, ending); };
  switch (part.kind) {
    case Kind::kCharacter:
      return !part.ranges.empty();
    case Kind::kRule:
      return ending[part.rule];
    case Kind::kSequence:
      return std::ranges::all_of(part.parts, ends);
    case Kind::kChoice:
      return std::ranges::any_of(part.parts, ends);
    case Kind::kRepeat:
      return part.least == 0 || ends(part.parts.front());
    default:
      return true;
  }
}

void note_users(const Expression& part, std::uint32_t user,
                std::vector<std::vector<std::uint32_t>>& users) {
  if (part.kind == Kind::kRule) users[part.rule].push_back(user);
  for (const Expression& one : part.parts)
    note_users(one, user, users);
}

// The rules that some text fits; each is looked at again only when one that it names is found.
std::vector<bool> ending_rules(const Rules& rules) {
  std::vector<std::vector<std::uint32_t>> users(rules.rules.size());
  std::vector<std::uint32_t> pending;
  for (std::uint32_t i = 0; i < rules.rules.size(); ++i) {
    note_users(rules.rules[i].body, i, users);
    pending.push_back(i);
  }
  std::vector<bool> ending(rules.rules.size());
  while (!pending.empty()) {
    const std::uint32_t place = pending.back();
    pending.pop_back();
    if (ending[place] || !can_end(rules.rules[place].body, ending)) continue;
    ending[place] = true;
    pending.insert(pending.end(), users[place].begin(), users[place].end());
  }
  return ending;
}

// REQUIRES: it can end.
void cut(Expression& part, const std::vector<bool>& ending) {
  if (part.kind == Kind::kChoice) {
    std::erase_if(part.parts, [&](const Expression& one) { return !can_end(one, ending); });
  }
  if (part.kind == Kind::kRepeat && !can_end(part.parts.front(), ending)) {
    part = text("");
    return;
  }
  for (Expression& one : part.parts)
    cut(one, ending);
}

// A rule that is only another one is that one. Chains end, because every rule that is left has
// a text.
std::uint32_t meant(const Rules& rules, std::uint32_t place) {
  while (rules.rules[place].body.kind == Kind::kRule)
    place = rules.rules[place].body.rule;
  return place;
}

void name_what_is_meant(Expression& part, const Rules& rules) {
  if (part.kind == Kind::kRule) part.rule = meant(rules, part.rule);
  for (Expression& one : part.parts)
    name_what_is_meant(one, rules);
}

void collect(const Expression& part, std::vector<std::uint32_t>& places,
             std::vector<std::uint32_t>& order) {
  if (part.kind == Kind::kRule && places[part.rule] == kGone) {
    places[part.rule] = static_cast<std::uint32_t>(order.size());
    order.push_back(part.rule);
  }
  for (const Expression& one : part.parts)
    collect(one, places, order);
}

void renumber(Expression& part, const std::vector<std::uint32_t>& places) {
  if (part.kind == Kind::kRule) part.rule = places[part.rule];
  for (Expression& one : part.parts)
    renumber(one, places);
}

}  // namespace

std::optional<Rules> without_dead_ends(Rules rules) {
  const std::vector<bool> ending = ending_rules(rules);
  if (!ending[rules.root]) return std::nullopt;
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    if (ending[i]) cut(rules.rules[i].body, ending);
  }
  rules.root = meant(rules, rules.root);
  for (std::size_t i = 0; i < rules.rules.size(); ++i) {
    if (ending[i] && rules.rules[i].body.kind != Kind::kRule) {
      name_what_is_meant(rules.rules[i].body, rules);
    }
  }
  std::vector<std::uint32_t> places(rules.rules.size(), kGone);
  std::vector<std::uint32_t> order{rules.root};
  places[rules.root] = 0;
  for (std::size_t at = 0; at < order.size(); ++at) {
    collect(rules.rules[order[at]].body, places, order);
  }
  Rules kept;
  for (const std::uint32_t place : order) {
    renumber(rules.rules[place].body, places);
    kept.rules.push_back(std::move(rules.rules[place]));
  }
  return kept;
}

}  // namespace hearth::constraint
