// Objects: members with names in the order of `properties`, each once, then members by free keys
// where they are allowed. A free key is never one of the names, so none can be repeated or avoid
// its schema; free keys themselves may repeat, since rules cannot remember them.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "constraint/pattern/code_points.h"
#include "constraint/pattern/pattern.h"
#include "constraint/schema/listed_values.h"
#include "constraint/schema/schema_rules.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

namespace {

// So many optional members are written out by which of them comes first; more are a chain.
constexpr std::size_t kFlatMembersMax = 24;
// What patterns of keys are told apart by multiplies: so these get as few states as can be. Others
// have far more to tell than they would lose.
constexpr std::size_t kMinimisedStatesMax = 100;
// What has more parts is not written twice.
constexpr std::size_t kCopiedPartsMax = 5'000;

Expression braced(Expression members) {
  return sequence({text("{"), std::move(members), text("}")});
}

Expression after_comma(const Expression& member) {
  return sequence({comma(), member});
}

std::size_t count_required(const auto& members) {
  return static_cast<std::size_t>(
      std::ranges::count_if(members, [](const auto& member) { return member.required; }));
}

}  // namespace

Result<Expression> SchemaRules::object(const Schemas& schemas) {
  HEARTH_TRY(patterns_.prepare(key_patterns_of(schemas)));
  const std::optional<std::vector<Member>> named_members = HEARTH_TRY(members(schemas));
  if (!named_members) return impossible();
  const FreeMembers free = HEARTH_TRY(free_members(schemas));
  const Counts counts = counts_of(schemas, "minProperties", "maxProperties");
  const bool bounded = counts.least > count_required(*named_members) ||
                       counts.most < (free.allowed ? UINT64_MAX : named_members->size());
  if (!bounded && named_members->size() <= kFlatMembersMax) {
    return braced(member_list(*named_members, free));
  }
  return braced(HEARTH_TRY(counted_members(schemas, *named_members, free)));
}

Result<std::optional<std::vector<SchemaRules::NamedDemand>>> SchemaRules::named_demands(
    const Schemas& schemas) {
  const std::vector<std::string_view> required = required_of(schemas);
  const std::set<std::string_view> needed(required.begin(), required.end());
  std::vector<NamedDemand> all;
  for (const std::string_view name : names_of(schemas)) {
    Demand demand = demand_on_key(schemas, {name, patterns_.key_matcher(name)});
    const boost::json::value key = boost::json::string(name);
    for (const Schema schema : schemas) {
      const Schema names = keyword(schema, "propertyNames");
      if (names != nullptr && !HEARTH_TRY(judge_.valid(key, names))) demand.forbidden = true;
    }
    const bool is_needed = needed.contains(name);
    if (demand.forbidden && is_needed) return std::nullopt;
    if (!demand.forbidden) all.push_back({name, std::move(demand.schemas), is_needed});
  }
  return all;
}

Result<std::optional<std::vector<SchemaRules::Member>>> SchemaRules::members(
    const Schemas& schemas) {
  const std::optional<std::vector<NamedDemand>> demands = HEARTH_TRY(named_demands(schemas));
  if (!demands) return std::nullopt;
  std::vector<Member> all;
  for (const NamedDemand& demand : *demands) {
    std::optional<Expression> key = written_key(demand.name);
    if (!key && demand.required) {
      note_unwritten(schemas, demand.name);
      return std::nullopt;
    }
    if (!key) continue;
    all.push_back({sequence({*std::move(key), colon(), value(demand.schemas)}), demand.required});
  }
  return all;
}

Result<SchemaRules::Matched> SchemaRules::free_demands(const Schemas& schemas,
                                                       const std::vector<Said>& patterns) {
  if (patterns.size() > kKeyPatternsMax) {
    return fail(document_.wrong(
        patterns.back().schema, "patternProperties",
        fmt::format("has more than {} patterns with those beside it", kKeyPatternsMax)));
  }
  Matched all;
  for (std::uint32_t matched = 0; matched < (1U << patterns.size()); ++matched) {
    const auto matches = [&](std::string_view pattern) {
      for (std::size_t i = 0; i < patterns.size(); ++i) {
        if (patterns[i].string == pattern) return (matched >> i & 1U) != 0;
      }
      return false;
    };
    Demand demand = demand_on_key(schemas, {std::nullopt, matches});
    if (demand.forbidden || (!demand.spoken && lists_members(schemas))) continue;
    all.emplace(matched, std::move(demand.schemas));
  }
  return all;
}

Result<SchemaRules::FreeMembers> SchemaRules::free_members(const Schemas& schemas) {
  const std::vector<Said> patterns = key_patterns_of(schemas);
  const Matched matched = HEARTH_TRY(free_demands(schemas, patterns));
  if (matched.empty()) return FreeMembers{};
  Expression all = HEARTH_TRY(free_member(schemas, patterns, matched));
  const bool allowed = all != impossible();
  // It is written where each member may be followed by one.
  if (count_parts(all) > kCopiedPartsMax) all = rule(add_rule(rules_, "member", std::move(all)));
  return FreeMembers{std::move(all), allowed};
}

// All patterns are told apart in one automaton, at the end of the key.
Result<Expression> SchemaRules::free_member(const Schemas& schemas,
                                            const std::vector<Said>& patterns,
                                            const Matched& matched) {
  const auto behind = [&](std::uint32_t kind) {
    return sequence({colon(), value(matched.at(kind))});
  };
  const std::vector<std::string_view> names = names_of(schemas);
  const bool plain = notation_ == Notation::kJson && having(schemas, "propertyNames") == nullptr;
  if (plain && patterns.empty() && names.empty()) {
    return sequence({rule(json_.string), behind(0)});
  }
  std::vector<StringSet> sets;
  for (const Said& pattern : patterns) {
    const StringSet* set = HEARTH_TRY(patterns_.strings(pattern, "patternProperties"));
    sets.push_back(set->states.size() <= kMinimisedStatesMax ? minimised(*set) : *set);
  }
  const bool only = patterns.size() == 1 && matched.size() == 1 && matched.contains(1);
  if (plain && only && std::ranges::none_of(names, [&](std::string_view name) {
        return sets[0].accepts(code_points(name));
      })) {
    const Expression* content = HEARTH_TRY(patterns_.content(patterns[0], "patternProperties"));
    return sequence({quoted(written(*content, json_)), behind(1)});
  }
  const StringSet all = HEARTH_TRY(free_keys(schemas));
  const auto wanted = [&](std::uint32_t kind) { return matched.contains(kind); };
  const Schema where = patterns.empty() ? schemas.front() : patterns.back().schema;
  const StringSet keys =
      HEARTH_TRY(named(where, "patternProperties", told_apart(all, sets, wanted)));
  if (keys.empty()) return impossible();
  HEARTH_TRY(document_.step(kStepsOfEdge * size_of(keys)));
  return written_keys(keys, behind);
}

Result<StringSet> SchemaRules::free_keys(const Schemas& schemas) {
  StringSet keys = HEARTH_TRY(set_of_lengths(0, kUnbounded));
  for (const Schema schema : schemas) {
    const Schema wanted = keyword(schema, "propertyNames");
    if (wanted == nullptr) continue;
    const StringSet good = HEARTH_TRY(strings_of_key(wanted));
    keys = HEARTH_TRY(named(schema, "propertyNames", combined(keys, good, Combine::kBoth)));
  }
  std::vector<std::u32string> taken;
  for (const std::string_view name : names_of(schemas))
    taken.push_back(code_points(name));
  const Schema listing = having(schemas, "properties");
  const Schema where = listing == nullptr ? schemas.front() : listing;
  const StringSet tree = HEARTH_TRY(named(where, "properties", set_of_strings(taken)));
  keys = HEARTH_TRY(named(where, "properties", combined(keys, tree, Combine::kFirstOnly)));
  return writable_keys(std::move(keys));
}

// The strings that a schema of propertyNames allows.
Result<StringSet> SchemaRules::strings_of_key(Schema schema) {
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of({schema}));
  if (all.size() > 1) {
    return fail(document_.wrong(schema, "",
                                "anyOf and oneOf are not supported in propertyNames; "
                                "write one pattern or one enum"));
  }
  if (all.empty() || (types_of(all.front()) & kString) == 0) return set_of_strings({});
  if (!is_listed(all.front())) return string_set(all.front());
  std::vector<std::u32string> strings;
  for (const boost::json::value* value : listed_values(all.front())) {
    const bool good = value->is_string() && HEARTH_TRY(judge_.valid_here(*value, all.front()));
    if (good) strings.push_back(code_points(value->get_string()));
  }
  return named(schema, "enum", set_of_strings(strings));
}

Expression SchemaRules::member_list(const std::vector<Member>& members, const FreeMembers& free) {
  const auto first_needed =
      std::ranges::find_if(members, [](const Member& member) { return member.required; });
  // The members after the first one that is written.
  const auto rest = [&](std::size_t from) {
    Expressions parts;
    for (std::size_t i = from; i < members.size(); ++i) {
      Expression next = after_comma(members[i].written);
      parts.push_back(members[i].required ? std::move(next) : optional(std::move(next)));
    }
    if (free.allowed) parts.push_back(repeat(after_comma(free.written), 0));
    return sequence(std::move(parts));
  };
  if (first_needed != members.end()) {
    const auto at = static_cast<std::size_t>(first_needed - members.begin());
    Expressions parts;
    for (std::size_t i = 0; i < at; ++i) {
      parts.push_back(optional(sequence({members[i].written, comma()})));
    }
    parts.push_back(members[at].written);
    parts.push_back(rest(at + 1));
    return sequence(std::move(parts));
  }
  Expressions ways;
  for (std::size_t i = 0; i < members.size(); ++i) {
    ways.push_back(sequence({members[i].written, rest(i + 1)}));
  }
  if (free.allowed) ways.push_back(sequence({free.written, rest(members.size())}));
  if (ways.empty()) return text("");
  return optional(one_of(std::move(ways)));
}

// Where the number of members does not matter, there are two rules for each all the same.
Error SchemaRules::too_many_members(const Schemas& schemas, std::size_t members,
                                    std::uint64_t bound) const {
  const std::size_t most = kCountedStatesMax / (bound + 1) - 1;
  const Schema listing = having(schemas, "properties");
  return document_.wrong(
      listing == nullptr ? schemas.front() : listing, listing == nullptr ? "" : "properties",
      fmt::format("has {} members and {} are the most{}; put some of them into objects of their "
                  "own{}",
                  members, most, bound > 1 ? " where they are counted" : "",
                  bound > 1 ? ", or leave out minProperties and maxProperties" : ""));
}

// A rule for each member and each number of members before it, as far as the number matters.
Result<Expression> SchemaRules::counted_members(const Schemas& schemas,
                                                const std::vector<Member>& members,
                                                const FreeMembers& free) {
  const Counts counts = counts_of(schemas, "minProperties", "maxProperties");
  if (free.allowed && counts.least > count_required(members) + 1) {
    return fail(document_.wrong(
        having(schemas, "minProperties"), "minProperties",
        "is above what `required` ensures, and free keys might repeat; name more keys in required, "
        "or set additionalProperties to false"));
  }
  if (!free.allowed && counts.least > members.size()) return impossible();
  const std::uint64_t bound = counts.most == UINT64_MAX
                                  ? std::max<std::uint64_t>(counts.least, 1)
                                  : std::min<std::uint64_t>(counts.most, members.size());
  if ((members.size() + 1) * (bound + 1) > kCountedStatesMax) {
    return fail(too_many_members(schemas, members.size(), bound));
  }
  // From the last member to the first; `after[c]` goes on when c are written.
  std::vector<Expression> after;
  for (std::uint64_t count = 0; count <= bound; ++count) {
    const std::uint64_t needed = counts.least > count ? counts.least - count : 0;
    const std::uint64_t left = !free.allowed               ? 0
                               : counts.most == UINT64_MAX ? kUnbounded
                                                           : counts.most - count;
    const bool enough = needed <= (free.allowed ? 1 : 0) && needed <= left;
    const Expression more = after_comma(free.written);
    if (!enough) {
      after.push_back(impossible());
    } else if (count > 0 || left == 0) {
      after.push_back(left == 0 ? text("")
                                : counted(rules_, more, needed,
                                          left == kUnbounded ? left : std::min(left, kCountMax)));
    } else {
      const std::uint64_t others = left == kUnbounded ? kUnbounded : std::min(left - 1, kCountMax);
      Expression some = sequence({free.written, counted(rules_, more, 0, others)});
      after.push_back(needed > 0 ? std::move(some) : optional(std::move(some)));
    }
  }
  for (std::size_t i = members.size(); i > 0; --i) {
    const Member& member = members[i - 1];
    std::vector<Expression> here;
    for (std::uint64_t count = 0; count <= bound; ++count) {
      Expressions ways;
      const std::uint64_t next = std::min(count + 1, bound);
      if (count + 1 <= counts.most) {
        ways.push_back(
            sequence({count == 0 ? member.written : after_comma(member.written), after[next]}));
      }
      if (!member.required) ways.push_back(after[count]);
      here.push_back(rule(add_rule(rules_, "members", one_of(std::move(ways)))));
    }
    after = std::move(here);
  }
  return after.front();
}

}  // namespace hearth::constraint
