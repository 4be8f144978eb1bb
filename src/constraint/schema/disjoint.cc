#include "constraint/schema/disjoint.h"

#include <algorithm>

#include "constraint/schema/listed_values.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

bool apart(const Counts& a, const Counts& b) {
  return a.most < b.least || b.most < a.least;
}

bool below(const std::optional<Bound>& most, const std::optional<Bound>& least) {
  if (!most || !least) return false;
  return most->at < least->at || (most->at == least->at && (most->open || least->open));
}

bool contains(const std::vector<std::string_view>& names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

}  // namespace

Result<bool> Disjoint::disjoint(const Schemas& one, const Schemas& other) {
  if (!HEARTH_TRY(excludes(one, other, 0))) return false;
  return excludes(other, one, 0);
}

// Where the values of one side are listed they can be asked one by one.
Result<std::optional<bool>> Disjoint::listed_excludes(const Schemas& listed, const Schemas& other) {
  if (!is_listed(listed)) return std::nullopt;
  for (const bj::value* value : listed_values(listed)) {
    HEARTH_TRY(document_.step());
    if (!HEARTH_TRY(judge_.valid_here(*value, listed))) continue;
    if (HEARTH_TRY(judge_.valid_here(*value, other))) return false;
  }
  return true;
}

Result<bool> Disjoint::excludes(const Schemas& written, const Schemas& other, int depth) {
  HEARTH_TRY(document_.step());
  const std::optional<bool> first = HEARTH_TRY(listed_excludes(written, other));
  if (first) return *first;
  const std::optional<bool> second = HEARTH_TRY(listed_excludes(other, written));
  if (second) return *second;
  const Types common = types_of(written) & types_of(other);
  for (Types type = 1; type < kAllTypes; type = static_cast<Types>(type << 1)) {
    if ((common & type) == 0) continue;
    if (!HEARTH_TRY(type_excluded(type, written, other, depth))) return false;
  }
  return true;
}

Result<bool> Disjoint::type_excluded(Types type, const Schemas& written, const Schemas& other,
                                     int depth) {
  if (type == kString) {
    return apart(counts_of(written, "minLength", "maxLength"),
                 counts_of(other, "minLength", "maxLength"));
  }
  if (type == kWhole || type == kOtherNumber) {
    const NumberRange a = HEARTH_TRY(number_range_of(document_, written));
    const NumberRange b = HEARTH_TRY(number_range_of(document_, other));
    return below(a.most, b.least) || below(b.most, a.least);
  }
  if (type == kArray) {
    return apart(counts_of(written, "minItems", "maxItems"),
                 counts_of(other, "minItems", "maxItems"));
  }
  if (type == kObject) return objects_excluded(written, other, depth);
  return false;
}

Result<bool> Disjoint::objects_excluded(const Schemas& written, const Schemas& other, int depth) {
  HEARTH_TRY(patterns_.prepare(key_patterns_of(written)));
  HEARTH_TRY(patterns_.prepare(key_patterns_of(other)));
  const auto asked = [&](const Schemas& schemas, std::string_view name) {
    return demand_on_key(schemas, {name, patterns_.key_matcher(name)});
  };
  const std::vector<std::string_view> needed = required_of(written);
  for (const std::string_view name : required_of(other)) {
    // It is never written: nobody speaks about it, and members that nobody speaks about are not
    // written where others are listed.
    const Demand here = asked(written, name);
    const bool silent = !here.spoken && lists_members(written) && !contains(needed, name);
    if (here.forbidden || silent) return true;
  }
  for (const std::string_view name : needed) {
    if (asked(other, name).forbidden) return true;
  }
  if (depth >= kDisjointDepthMax) return false;
  return members_excluded(written, other, depth);
}

// A member that one of them requires and whose value can never suit both.
Result<bool> Disjoint::members_excluded(const Schemas& written, const Schemas& other, int depth) {
  std::vector<std::string_view> names = required_of(written);
  for (const std::string_view name : required_of(other)) {
    if (!contains(names, name)) names.push_back(name);
  }
  for (const std::string_view name : names) {
    const Key key{name, patterns_.key_matcher(name)};
    const std::vector<Schemas> mine =
        HEARTH_TRY(alternatives_.of(demand_on_key(written, key).schemas));
    const std::vector<Schemas> theirs =
        HEARTH_TRY(alternatives_.of(demand_on_key(other, key).schemas));
    bool all = true;
    for (const Schemas& one : mine) {
      for (const Schemas& another : theirs) {
        if (all && !HEARTH_TRY(excludes(one, another, depth + 1))) all = false;
      }
    }
    if (all) return true;
  }
  return false;
}

}  // namespace hearth::constraint
