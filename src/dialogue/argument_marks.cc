#include "dialogue/argument_marks.h"

#include <algorithm>
#include <optional>

#include <chat-peg-parser.h>

#include "dialogue/gbnf_text.h"
#include "dialogue/peg_rules.h"
#include "dialogue/text_edges.h"

namespace hearth::dialogue {

namespace {

using Id = common_peg_parser_id;
using Builder = common_chat_peg_builder;
using constraint::Types;
using constraint::Writing;

// Of what a rule of the library reads as a value.
std::optional<Types> types_of_rule(const std::string& name) {
  if (name == "json-object") return constraint::kObject;
  if (name == "json-array") return constraint::kArray;
  if (name == "json-number")
    return static_cast<Types>(constraint::kWhole | constraint::kOtherNumber);
  if (name == "json-bool") return constraint::kBoolean;
  if (name == "json-null") return constraint::kNull;
  return std::nullopt;
}

// All, unless it reads nothing but values of known types.
Types types_read(const common_peg_arena& rules, Id id) {
  if (const auto* rule = as<common_peg_rule_parser>(rules, id))
    return types_of_rule(rule->name).value_or(constraint::kAllTypes);
  if (as<common_peg_sequence_parser>(rules, id) != nullptr) {
    const auto* first = as<common_peg_literal_parser>(rules, parts_of(rules, id).front());
    const bool quoted = first != nullptr && (first->literal == "\"" || first->literal == "'");
    return quoted ? constraint::kString : constraint::kAllTypes;
  }
  if (as<common_peg_choice_parser>(rules, id) == nullptr) return constraint::kAllTypes;
  Types types = 0;
  for (const Id part : parts_of(rules, id))
    types |= types_read(rules, part);
  return types;
}

bool is_value(const common_peg_arena& rules, Id id) {
  const auto* tagged = as<common_peg_tag_parser>(rules, id);
  if (tagged == nullptr) return false;
  return tagged->tag == Builder::TOOL_ARG_VALUE || tagged->tag == Builder::TOOL_ARG_STRING_VALUE ||
         tagged->tag == common_chat_peg_minimax_m3_mapper::TOOL_ARG_OBJECT ||
         tagged->tag == common_chat_peg_minimax_m3_mapper::TOOL_ARG_ARRAY;
}

// It is read where nothing stands. REQUIRES: nothing recursive.
bool can_be_empty(const common_peg_arena& rules, Id id) {
  const auto empty = [&](Id part) { return can_be_empty(rules, part); };
  const std::vector<Id> parts = parts_of(rules, id);
  if (const auto* literal = as<common_peg_literal_parser>(rules, id))
    return literal->literal.empty();
  if (const auto* repetition = as<common_peg_repetition_parser>(rules, id))
    return repetition->min_count == 0 || empty(repetition->child);
  if (as<common_peg_choice_parser>(rules, id) != nullptr)
    return parts.empty() || std::any_of(parts.begin(), parts.end(), empty);
  return std::all_of(parts.begin(), parts.end(), empty);
}

std::string joined(const std::string& one, const std::string& other) {
  return one.empty() || other.empty() ? one + other : one + " " + other;
}

}  // namespace

constraint::ArgumentList ArgumentMarks::list(const std::vector<Id>& parts) const {
  std::vector<Found> found;
  for (const Id id : arguments_in(parts)) {
    Found one = argument(id);
    const auto same = [&](const Found& known) { return known.number == one.number; };
    if (std::none_of(found.begin(), found.end(), same)) found.push_back(std::move(one));
  }
  std::sort(found.begin(), found.end(),
            [](const Found& one, const Found& other) { return one.number < other.number; });
  constraint::ArgumentList list;
  for (Found& one : found)
    list.arguments.push_back(std::move(one.argument));
  list.between = writer_.name(between(parts));
  const auto may_be_nothing = [&](Id id) { return can_be_empty(rules_, id); };
  list.least = std::all_of(parts.begin(), parts.end(), may_be_nothing) ? 0 : 1;
  return list;
}

// Not those within another.
std::vector<Id> ArgumentMarks::arguments_in(const std::vector<Id>& parts) const {
  std::vector<Id> found;
  std::vector<bool> seen(rules_.size());
  std::vector<Id> open(parts.rbegin(), parts.rend());
  while (!open.empty()) {
    const Id id = open.back();
    open.pop_back();
    if (seen[id]) continue;
    seen[id] = true;
    if (is_tagged(rules_, id, Builder::TOOL_ARG)) {
      found.push_back(id);
      continue;
    }
    const std::vector<Id> inner = parts_of(rules_, id);
    open.insert(open.end(), inner.rbegin(), inner.rend());
  }
  return found;
}

ArgumentMarks::Found ArgumentMarks::argument(Id id) const {
  Found found;
  const auto number_of = [&](Id part) -> const constraint::Outline::Member* {
    const auto* literal = as<common_peg_literal_parser>(rules_, part);
    return literal == nullptr ? nullptr : tools_.find_member(literal->literal);
  };
  const auto named = find_part(rules_, id, [&](Id part) { return number_of(part) != nullptr; });
  if (!named) return found;
  const constraint::Outline::Member* member = number_of(*named);
  found.number = tools_.number(*member);
  found.argument.name = member->name;
  found.argument.leads = member->required;
  // The library trims names.
  const std::string_view name = member->name;
  const bool whole = begin_without_space(name) == 0 && size_without_space(name) == name.size();
  if (whole && !name.empty()) found.argument.writings = writings(parts_of(rules_, id).front());
  return found;
}

std::vector<Writing> ArgumentMarks::writings(Id id) const {
  std::vector<Writing> all;
  for (Way& way : ways(id)) {
    if (!way.has_value) continue;
    way.value.before = writer_.name(way.before);
    way.value.after = writer_.name(way.after);
    if (way.value.kind == Writing::Kind::kRaw) way.value.barred = std::move(way.barred);
    all.push_back(std::move(way.value));
  }
  return all;
}

bool ArgumentMarks::holds_value(Id id) const {
  return find_part(rules_, id, [&](Id part) { return is_value(rules_, part); }).has_value();
}

ArgumentMarks::Ways ArgumentMarks::ways(Id id) const {
  if (const auto* ahead = as<common_peg_not_parser>(rules_, id)) {
    const auto* literal = as<common_peg_literal_parser>(rules_, ahead->child);
    Way nothing;
    if (literal != nullptr) nothing.barred = {tools_.revealed(literal->literal)};
    return {nothing};
  }
  if (!holds_value(id)) return {{.before = writer_.write(id)}};
  if (as<common_peg_sequence_parser>(rules_, id) != nullptr)
    return ways_in_turn(parts_of(rules_, id));
  if (as<common_peg_choice_parser>(rules_, id) != nullptr) {
    Ways all;
    for (const Id part : parts_of(rules_, id)) {
      Ways more = ways(part);
      all.insert(all.end(), more.begin(), more.end());
    }
    return all;
  }
  const std::vector<Id> parts = parts_of(rules_, id);
  if (!is_value(rules_, id)) return ways(parts.front());
  Way way{.has_value = true};
  if (is_tagged(rules_, id, Builder::TOOL_ARG_STRING_VALUE)) {
    way.value = raw(parts.front());
  } else if (is_tagged(rules_, id, Builder::TOOL_ARG_VALUE)) {
    way.value.types = types_read(rules_, parts.front());
  } else if (is_tagged(rules_, id, common_chat_peg_minimax_m3_mapper::TOOL_ARG_OBJECT)) {
    way.value.kind = Writing::Kind::kMembers;
    way.value.members = std::make_shared<constraint::ArgumentList>(list(parts));
  } else {
    way.value = items(parts.front());
  }
  return {way};
}

ArgumentMarks::Ways ArgumentMarks::ways_in_turn(const std::vector<Id>& parts) const {
  Ways all{{}};
  for (const Id part : parts) {
    Ways further;
    for (const Way& next : ways(part)) {
      for (const Way& way : all) {
        Way both = way.has_value ? way : next;
        both.before = way.has_value ? way.before : joined(way.before, next.before);
        if (way.has_value) both.after = joined(joined(way.after, next.before), next.after);
        if (!way.has_value)
          both.barred.insert(both.barred.end(), way.barred.begin(), way.barred.end());
        further.push_back(std::move(both));
      }
    }
    all = std::move(further);
  }
  return all;
}

Writing ArgumentMarks::raw(Id id) const {
  Writing writing{.kind = Writing::Kind::kRaw};
  const auto until = find_part(
      rules_, id, [&](Id part) { return as<common_peg_until_parser>(rules_, part) != nullptr; });
  if (until) {
    const auto& marks = as<common_peg_until_parser>(rules_, *until)->delimiters;
    if (!marks.empty()) writing.end = tools_.revealed(marks.front());
  }
  return writing;
}

Writing ArgumentMarks::items(Id id) const {
  Writing writing{.kind = Writing::Kind::kItems};
  const auto item = find_part(rules_, id, [&](Id part) {
    return is_tagged(rules_, part, common_chat_peg_minimax_m3_mapper::TOOL_ARG_ITEM);
  });
  if (item) writing.items = writings(parts_of(rules_, *item).front());
  return writing;
}

// White space where the library takes any, and a sign where it wants one.
std::string ArgumentMarks::between(const std::vector<Id>& parts) const {
  std::string sign;
  bool space = false;
  std::vector<bool> seen(rules_.size());
  std::vector<Id> open(parts.begin(), parts.end());
  while (!open.empty()) {
    const Id id = open.back();
    open.pop_back();
    if (seen[id] || is_tagged(rules_, id, Builder::TOOL_ARG)) continue;
    seen[id] = true;
    const auto* literal = as<common_peg_literal_parser>(rules_, id);
    if (literal != nullptr) sign = literal->literal;
    space = space || as<common_peg_space_parser>(rules_, id) != nullptr;
    const std::vector<Id> inner = parts_of(rules_, id);
    open.insert(open.end(), inner.begin(), inner.end());
  }
  return joined(sign.empty() ? "" : gbnf_literal(sign), space ? "space" : "");
}

}  // namespace hearth::dialogue
