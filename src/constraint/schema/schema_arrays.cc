// Arrays: elements at places of their own first, then as many others as the limits say.
#include <algorithm>
#include <bit>
#include <set>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "constraint/pattern/pattern.h"
#include "constraint/schema/listed_values.h"
#include "constraint/schema/schema_rules.h"

namespace hearth::constraint {

namespace {

bool wants_unique(const Schemas& schemas) {
  return std::ranges::any_of(schemas, [](Schema schema) {
    const boost::json::value* wanted = keyword(schema, "uniqueItems");
    return wanted != nullptr && wanted->get_bool();
  });
}

Expression bracketed(Expression elements) {
  return sequence({text("["), std::move(elements), text("]")});
}

// So many of them, with commas between.
Expression separated(Rules& rules, const Expression& element, std::uint64_t least,
                     std::uint64_t most) {
  if (most == 0) return text("");
  const Expression next = sequence({comma(), element});
  const std::uint64_t more = most == kUnbounded ? kUnbounded : most - 1;
  Expression some = sequence({element, counted(rules, next, least == 0 ? 0 : least - 1, more)});
  return least == 0 ? optional(std::move(some)) : some;
}

}  // namespace

Result<Expression> SchemaRules::array(const Schemas& schemas) {
  Counts counts = counts_of(schemas, "minItems", "maxItems");
  if (counts.least > counts.most) return impossible();
  if (counts.least > kCountMax) {
    return fail(document_.wrong(having(schemas, "minItems"), "minItems",
                                fmt::format("must be at most {}", kCountMax)));
  }
  if (wants_unique(schemas) && counts.most > 1) return unique_array(schemas, counts);
  const std::size_t places = places_of(schemas);
  const Demand rest = demand_on_element(schemas, places);
  std::uint64_t most = counts.most == UINT64_MAX ? kUnbounded : std::min(counts.most, kCountMax);
  std::vector<Expression> elements;
  for (std::size_t i = 0; i < places && i < most; ++i) {
    const Demand demand = demand_on_element(schemas, i);
    if (demand.forbidden) most = i;
    if (!demand.forbidden) elements.push_back(value(demand.schemas));
  }
  if (rest.forbidden) most = std::min<std::uint64_t>(most, elements.size());
  if (counts.least > most) return impossible();
  if (elements.empty()) {
    return bracketed(separated(rules_, value(rest.schemas), counts.least, most));
  }
  // From the last to the first: each may be the last one where enough came before it.
  const std::uint64_t left = most == kUnbounded ? kUnbounded : most - elements.size();
  const std::uint64_t needed = counts.least > elements.size() ? counts.least - elements.size() : 0;
  Expression tail = counted(rules_, sequence({comma(), value(rest.schemas)}), needed, left);
  for (std::size_t i = elements.size(); i > 0; --i) {
    Expression from_here = i == 1
                               ? sequence({std::move(elements[0]), std::move(tail)})
                               : sequence({comma(), std::move(elements[i - 1]), std::move(tail)});
    const bool needed_here = i <= counts.least;
    tail = rule(add_rule(rules_, "elements",
                         needed_here ? std::move(from_here) : optional(std::move(from_here))));
  }
  return bracketed(std::move(tail));
}

// Different elements can be told apart only where they are listed: a rule for each set of those
// that are left.
Result<Expression> SchemaRules::unique_array(const Schemas& schemas, const Counts& counts) {
  const Schema where = having(schemas, "uniqueItems");
  const auto refuse = [&] {
    return fail(document_.wrong(
        where, "uniqueItems",
        fmt::format("uniqueItems is supported for elements of an enum of at most {} values; take "
                    "it out, or check the elements afterwards",
                    kUniqueValuesMax)));
  };
  if (places_of(schemas) > 0) return refuse();
  const std::vector<Schemas> all =
      HEARTH_TRY(alternatives_.of(demand_on_element(schemas, 0).schemas));
  std::vector<Expression> values;
  std::set<std::string> known;
  for (const Schemas& one : all) {
    if (!is_listed(one)) return refuse();
    for (const boost::json::value* listed : listed_values(one)) {
      if (!HEARTH_TRY(judge_.valid_here(*listed, one))) continue;
      if (listed->is_structured()) return refuse();
      std::optional<Expression> written = written_value(*listed);
      const bool fresh = written && known.insert(boost::json::serialize(*listed)).second;
      if (fresh) values.push_back(*std::move(written));
    }
  }
  if (values.size() > kUniqueValuesMax) return refuse();
  // By the set of those that are used up; what follows has a comma before it.
  const std::size_t sets = std::size_t{1} << values.size();
  std::vector<std::uint32_t> places;
  for (std::size_t set = 0; set < sets; ++set)
    places.push_back(add_rule(rules_, "others", {}));
  for (std::size_t set = 0; set < sets; ++set) {
    const auto used = static_cast<std::uint64_t>(std::popcount(set));
    std::vector<Expression> ways;
    if (used >= counts.least) ways.push_back(text(""));
    for (std::size_t i = 0; i < values.size() && used < counts.most; ++i) {
      if ((set >> i & 1U) != 0) continue;
      const Expression next = rule(places[set | (std::size_t{1} << i)]);
      ways.push_back(set == 0 ? sequence({values[i], next}) : sequence({comma(), values[i], next}));
    }
    rules_.rules[places[set]].body = one_of(std::move(ways));
  }
  return bracketed(rule(places[0]));
}

}  // namespace hearth::constraint
