#include "constraint/schema/schema_rules.h"

#include <algorithm>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <fmt/format.h>

#include "constraint/schema.h"
#include "constraint/schema/gemma_text.h"
#include "constraint/schema/keywords.h"
#include "constraint/schema/listed_values.h"
#include "constraint/schema/multiples.h"
#include "constraint/schema/prune.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

constexpr std::string_view kNothing =
    "nothing can satisfy this schema: a required part contradicts itself or must contain itself "
    "for ever";

bool demands_nothing(const Schemas& schemas) {
  return std::ranges::all_of(schemas, [](Schema schema) {
    return schema->is_bool() ? schema->get_bool() : schema->get_object().empty();
  });
}

}  // namespace

SchemaRules::SchemaRules(const SchemaDocument& document, Notation notation)
    : document_(document),
      notation_(notation),
      patterns_(document),
      alternatives_(document,
                    [this](const Schemas& one, const Schemas& other) {
                      return disjoint_.disjoint(one, other);
                    }),
      judge_(document, alternatives_, patterns_),
      disjoint_(document, alternatives_, patterns_, judge_),
      json_(notation == Notation::kJson ? add_json_rules(rules_, Layout::kCompact)
                                        : add_gemma_rules(rules_)) {}

Schema SchemaRules::having(const Schemas& schemas, std::string_view name) {
  const auto found = std::ranges::find_if(
      schemas, [&](Schema schema) { return keyword(schema, name) != nullptr; });
  return found == schemas.end() ? nullptr : *found;
}

Result<StringSet> SchemaRules::named(Schema schema, std::string_view name,
                                     Result<StringSet> set) const {
  if (set) {
    HEARTH_TRY(document_.step(size_of(*set)));
    return set;
  }
  return fail(document_.wrong(
      schema, name, fmt::format("{} with its other limits {}", name, set.error().message)));
}

Result<Rules> SchemaRules::write() {
  HEARTH_TRY(alternatives_.check(document_.root()));
  rules_.root = value({document_.root()}).rule;
  return finish(kNothing);
}

Result<Rules> SchemaRules::write(Types types) {
  HEARTH_TRY(alternatives_.check(document_.root()));
  Expression all = HEARTH_TRY(value_of_types({document_.root()}, types));
  rules_.root = add_rule(rules_, "document", std::move(all));
  return finish(kNothing);
}

Result<void> SchemaRules::check_size() const {
  if (rules_.rules.size() <= kRulesMax) return {};
  return fail(Code::kInvalidArgument,
              fmt::format("the schema comes to more than {} rules; make it smaller", kRulesMax));
}

Result<Rules> SchemaRules::finish(std::string_view nothing) {
  for (std::size_t at = 0; at < pending_.size(); ++at) {
    const auto [schemas, place] = pending_[at];
    const std::size_t since = rules_.rules.size();
    Expression written = HEARTH_TRY(body(schemas));
    rules_.rules[place].body = std::move(written);
    HEARTH_TRY(count(since, place));
  }
  std::optional<Rules> rules = without_dead_ends(std::move(rules_));
  if (!rules) {
    return fail(unwritten_.value_or(document_.wrong(document_.root(), "", nothing)));
  }
  return *std::move(rules);
}

Result<void> SchemaRules::count(std::size_t since, std::uint32_t place) {
  std::size_t fresh = count_parts(rules_.rules[place].body);
  for (std::size_t at = since; at < rules_.rules.size(); ++at)
    fresh += count_parts(rules_.rules[at].body);
  expressions_ += fresh;
  if (rules_.rules.size() > kRulesMax || expressions_ > kExpressionsMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("the schema comes to more than {} rules or {} parts of them; make it "
                            "smaller",
                            kRulesMax, kExpressionsMax));
  }
  return document_.step(fresh);
}

Expression SchemaRules::value(const Schemas& schemas) {
  if (demands_nothing(schemas)) return rule(json_.value);
  Schemas key = schemas;
  std::sort(key.begin(), key.end());
  const auto [place, fresh] = places_.try_emplace(std::move(key), 0);
  if (fresh) {
    place->second = add_rule(rules_, fmt::format("#{}", document_.pointer(schemas.front())), {});
    pending_.emplace_back(schemas, place->second);
  }
  return rule(place->second);
}

Result<Expression> SchemaRules::body(const Schemas& schemas) {
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of(schemas));
  if (schemas.size() == 1 && is_only_reference(schemas.front())) {
    return value({HEARTH_TRY(document_.target(schemas.front()))});
  }
  Expressions ways;
  for (const Schemas& one : all) {
    Expression way = HEARTH_TRY(alternative(one));
    if (std::ranges::find(ways, way) == ways.end()) ways.push_back(std::move(way));
  }
  return one_of(std::move(ways));
}

Result<Expression> SchemaRules::value_of_types(const Schemas& schemas, Types types) {
  const std::vector<Schemas> all = HEARTH_TRY(alternatives_.of(schemas));
  Expressions ways;
  for (const Schemas& one : all)
    ways.push_back(HEARTH_TRY(alternative(one, types)));
  return one_of(std::move(ways));
}

Result<Expression> SchemaRules::alternative(const Schemas& schemas, Types wanted) {
  if (is_listed(schemas)) return listed(schemas, wanted);
  const Types types = types_of(schemas) & wanted;
  Expressions ways;
  if ((types & kObject) != 0) ways.push_back(HEARTH_TRY(object(schemas)));
  if ((types & kArray) != 0) ways.push_back(HEARTH_TRY(array(schemas)));
  if ((types & kString) != 0) ways.push_back(HEARTH_TRY(string(schemas)));
  if ((types & (kWhole | kOtherNumber)) != 0) {
    ways.push_back(HEARTH_TRY(numbers_of(document_, schemas, rules_,
                                         {.number = json_.number, .integer = json_.integer})));
  }
  if ((types & kBoolean) != 0) {
    ways.push_back(text("true"));
    ways.push_back(text("false"));
  }
  if ((types & kNull) != 0) ways.push_back(text("null"));
  return one_of(std::move(ways));
}

Result<Expression> SchemaRules::listed(const Schemas& schemas, Types types) {
  const std::vector<const bj::value*> values = listed_values(schemas);
  if (values.size() > kEnumMax) {
    return fail(
        document_.wrong(having(schemas, "enum"), "enum",
                        fmt::format("has {} values; the limit is {}", values.size(), kEnumMax)));
  }
  Expressions ways;
  std::set<std::string> known;
  for (const bj::value* value : values) {
    if ((type_of(*value) & types) == 0) continue;
    if (!HEARTH_TRY(judge_.valid_here(*value, schemas))) continue;
    std::optional<Expression> written = written_value(*value);
    if (written && known.insert(bj::serialize(*value)).second) ways.push_back(*std::move(written));
  }
  return one_of(std::move(ways));
}

Result<Rules> rules_of_schema(std::string_view schema) {
  Effort effort;
  return rules_of_schema(schema, effort);
}

Result<Rules> rules_of_schema(std::string_view schema, Effort& effort) {
  const std::unique_ptr<SchemaDocument> document = HEARTH_TRY(SchemaDocument::read(schema, effort));
  return SchemaRules(*document).write();
}

Result<Rules> rules_of_arguments(std::string_view schema, Notation notation) {
  Effort effort;
  return rules_of_arguments(schema, notation, effort);
}

Result<Rules> rules_of_arguments(std::string_view schema, const ArgumentList& list) {
  Effort effort;
  return rules_of_arguments(schema, list, effort);
}

Result<Rules> rules_of_arguments(std::string_view schema, Notation notation, Effort& effort) {
  const std::unique_ptr<SchemaDocument> document = HEARTH_TRY(SchemaDocument::read(schema, effort));
  return SchemaRules(*document, notation).write(kObject);
}

Result<Rules> rules_of_arguments(std::string_view schema, const ArgumentList& list,
                                 Effort& effort) {
  const std::unique_ptr<SchemaDocument> document = HEARTH_TRY(SchemaDocument::read(schema, effort));
  return SchemaRules(*document).write_arguments(list);
}

}  // namespace hearth::constraint
