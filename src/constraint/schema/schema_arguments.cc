// Arguments that are written one by one, each between marks of its own (arguments.h).
#include <algorithm>
#include <bit>
#include <set>

#include <fmt/format.h>

#include "constraint/pattern/pattern.h"
#include "constraint/schema/listed_values.h"
#include "constraint/schema/schema_rules.h"

namespace hearth::constraint {

namespace {

constexpr std::string_view kNoCall =
    "what this schema asks for cannot be written in this model's calls";

bool wants_unique(const Schemas& schemas) {
  return std::ranges::any_of(schemas, [](Schema schema) {
    const boost::json::value* wanted = keyword(schema, "uniqueItems");
    return wanted != nullptr && wanted->get_bool();
  });
}

bool is_enough(std::uint64_t count, const Counts& counts) {
  return count >= counts.least && count <= counts.most;
}

// What stands between two of them is not before the first.
Expression next_item(const Expression& written, std::uint64_t count, const Expression& between) {
  return count == 0 ? written : sequence({between, written});
}

}  // namespace

Expression SchemaRules::outside(const std::string& name) {
  if (name.empty()) return text("");
  const auto [place, fresh] = outside_.try_emplace(name, 0);
  if (fresh) place->second = add_rule(rules_, name, text(""));
  return rule(place->second);
}

Result<Rules> SchemaRules::write_arguments(const ArgumentList& list) {
  HEARTH_TRY(alternatives_.check(document_.root()));
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of({document_.root()}));
  Expressions ways;
  for (const Schemas& one : all)
    ways.push_back(HEARTH_TRY(argument_list(one, list)));
  rules_.root = add_rule(rules_, "arguments", one_of(std::move(ways)));
  return finish(kNoCall);
}

Result<Expression> SchemaRules::argument_list(const Schemas& schemas, const ArgumentList& list) {
  HEARTH_TRY(check_size());
  if ((types_of(schemas) & kObject) == 0) return impossible();
  if (is_listed(schemas)) {
    return fail(document_.wrong(schemas.front(), "",
                                "objects that are listed cannot be written member by member"));
  }
  HEARTH_TRY(patterns_.prepare(key_patterns_of(schemas)));
  const std::optional<std::vector<NamedDemand>> demands = HEARTH_TRY(named_demands(schemas));
  if (!demands) return impossible();
  const auto demand_on = [&](std::string_view name) {
    return std::ranges::find_if(*demands, [&](const auto& one) { return one.name == name; });
  };
  Expressions leading;
  std::vector<Item> others;
  std::set<std::string_view> written_names;
  const Expression between = outside(list.between);
  for (const Argument& one : list.arguments) {
    const auto demand = demand_on(one.name);
    if (demand == demands->end() || one.writings.empty()) continue;
    Expression written = HEARTH_TRY(argument(demand->schemas, one.writings));
    written = rule(add_rule(rules_, "argument", std::move(written)));
    written_names.insert(demand->name);
    if (one.leads) {
      leading.push_back(next_item(written, leading.size(), between));
    } else {
      others.push_back({std::move(written), demand->required});
    }
  }
  const auto unwritten = std::ranges::find_if(
      *demands, [&](const auto& one) { return one.required && !written_names.contains(one.name); });
  if (unwritten != demands->end()) {
    return fail(document_.wrong(
        having(schemas, "required"), "required",
        fmt::format("this model's calls have no place for {}; describe it in properties, give it "
                    "another name, or take it out of required",
                    shown_name(unwritten->name))));
  }
  Counts counts = counts_of(schemas, "minProperties", "maxProperties");
  counts.least = std::max<std::uint64_t>(counts.least, list.least);
  const std::size_t before = leading.size();
  if (counts.least > before + others.size() || counts.most < before) return impossible();
  leading.push_back(others.size() <= kAnyOrderMax
                        ? in_any_order(others, before, counts, between)
                        : HEARTH_TRY(in_order(others, before, counts, between)));
  return sequence(std::move(leading));
}

// A rule for each set of those that are written.
Expression SchemaRules::in_any_order(const std::vector<Item>& items, std::size_t before,
                                     const Counts& counts, const Expression& between) {
  const std::size_t sets = std::size_t{1} << items.size();
  std::size_t required = 0;
  for (std::size_t i = 0; i < items.size(); ++i)
    required |= items[i].required ? std::size_t{1} << i : 0;
  std::vector<std::uint32_t> places;
  for (std::size_t set = 0; set < sets; ++set)
    places.push_back(add_rule(rules_, "further", {}));
  for (std::size_t set = 0; set < sets; ++set) {
    const std::uint64_t count = before + static_cast<std::size_t>(std::popcount(set));
    Expressions ways;
    for (std::size_t i = 0; i < items.size(); ++i) {
      if ((set >> i & 1U) != 0) continue;
      ways.push_back(sequence({next_item(items[i].written, count, between),
                               rule(places[set | (std::size_t{1} << i)])}));
    }
    if ((set & required) == required && is_enough(count, counts)) ways.push_back(text(""));
    rules_.rules[places[set]].body = one_of(std::move(ways));
  }
  return rule(places[0]);
}

// A rule for each of them and each number of those before it, as far as the number matters.
// REQUIRES: as many as there must be, and no more than there may be before them.
Result<Expression> SchemaRules::in_order(const std::vector<Item>& items, std::size_t before,
                                         const Counts& counts, const Expression& between) {
  const std::uint64_t all = items.size() + before;
  const std::uint64_t last = counts.most == UINT64_MAX
                                 ? std::max<std::uint64_t>({counts.least, before, 1})
                                 : std::max<std::uint64_t>(std::min(counts.most, all), 1);
  if ((items.size() + 1) * (last + 1) > kCountedStatesMax) {
    return fail(document_.wrong(
        document_.root(), "",
        fmt::format("counting its members takes more than {} rules", kCountedStatesMax)));
  }
  Expressions after;
  for (std::uint64_t count = 0; count <= last; ++count)
    after.push_back(is_enough(count, counts) ? text("") : impossible());
  for (std::size_t i = items.size(); i > 0; --i) {
    const Item& item = items[i - 1];
    Expressions here;
    for (std::uint64_t count = 0; count <= last; ++count) {
      Expressions ways;
      if (count + 1 <= counts.most) {
        ways.push_back(
            sequence({next_item(item.written, count, between), after[std::min(count + 1, last)]}));
      }
      if (!item.required) ways.push_back(after[count]);
      here.push_back(rule(add_rule(rules_, "further", one_of(std::move(ways)))));
    }
    after = std::move(here);
  }
  return after[before];
}

Result<Expression> SchemaRules::argument(const Schemas& schemas,
                                         const std::vector<Writing>& writings) {
  Expressions ways;
  Types taken = 0;
  for (const Writing& writing : writings) {
    Expression written = HEARTH_TRY(written_as(schemas, writing, taken));
    ways.push_back(sequence({outside(writing.before), std::move(written), outside(writing.after)}));
    if (writing.kind == Writing::Kind::kJson) taken |= writing.types;
  }
  return one_of(std::move(ways));
}

Result<Expression> SchemaRules::written_as(const Schemas& schemas, const Writing& writing,
                                           Types taken) {
  switch (writing.kind) {
    case Writing::Kind::kJson:
      return writing.types == kAllTypes ? Result<Expression>(value(schemas))
                                        : value_of_types(schemas, writing.types);
    case Writing::Kind::kRaw:
      return raw(schemas, writing, taken);
    case Writing::Kind::kItems:
      return items(schemas, writing);
    case Writing::Kind::kMembers:
      break;
  }
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of(schemas));
  Expressions ways;
  for (const Schemas& one : all)
    ways.push_back(HEARTH_TRY(argument_list(one, *writing.members)));
  return one_of(std::move(ways));
}

Result<Expression> SchemaRules::items(const Schemas& schemas, const Writing& writing) {
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of(schemas));
  Expressions ways;
  for (const Schemas& one : all) {
    if ((types_of(one) & kArray) == 0) continue;
    const Counts counts = counts_of(one, "minItems", "maxItems");
    if (is_listed(one) || places_of(one) > 0 || wants_unique(one) || counts.least > kCountMax) {
      return fail(document_.wrong(one.front(), "",
                                  "this array cannot be written element by element, as this "
                                  "model's calls have it"));
    }
    if (counts.least > counts.most) continue;
    const Demand demand = demand_on_element(one, 0);
    const std::uint64_t most = demand.forbidden            ? 0
                               : counts.most == UINT64_MAX ? kUnbounded
                                                           : std::min(counts.most, kCountMax);
    if (counts.least > most) continue;
    if (most == 0) {
      ways.push_back(text(""));
      continue;
    }
    Expression element = HEARTH_TRY(argument(demand.schemas, writing.items));
    ways.push_back(
        counted(rules_, rule(add_rule(rules_, "item", std::move(element))), counts.least, most));
  }
  return one_of(std::move(ways));
}

}  // namespace hearth::constraint
