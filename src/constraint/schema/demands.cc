#include "constraint/schema/demands.h"

#include <algorithm>
#include <cmath>
#include <unordered_set>

#include <boost/json/array.hpp>

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

std::string_view view(const bj::string& string) {
  return {string.data(), string.size()};
}

Types type_named(std::string_view name) {
  if (name == "null") return kNull;
  if (name == "boolean") return kBoolean;
  if (name == "integer") return kWhole;
  if (name == "number") return kWhole | kOtherNumber;
  if (name == "string") return kString;
  return name == "array" ? kArray : kObject;
}

Types own_types(Schema schema) {
  const bj::value* type = keyword(schema, "type");
  if (type == nullptr) return kAllTypes;
  if (type->is_string()) return type_named(view(type->get_string()));
  Types types = 0;
  for (const bj::value& name : type->get_array())
    types |= type_named(view(name.get_string()));
  return types;
}

std::uint64_t count_in(const bj::value& value) {
  const auto number = value.to_number<double>();
  constexpr double kAlot = 1e18;
  return number >= kAlot ? UINT64_MAX - 1 : static_cast<std::uint64_t>(number);
}

void add_once(Schemas& schemas, Schema schema) {
  if (std::ranges::find(schemas, schema) == schemas.end()) schemas.push_back(schema);
}

void add(Demand& demand, Schema schema) {
  if (schema->is_bool() && !schema->get_bool()) demand.forbidden = true;
  add_once(demand.schemas, schema);
  demand.spoken = true;
}

void narrow(std::optional<Bound>& bound, Bound other, bool upper) {
  const bool further = bound && (upper ? bound->at < other.at : other.at < bound->at);
  if (further) return;
  if (bound && bound->at == other.at) other.open = other.open || bound->open;
  bound = std::move(other);
}

// The elements of prefixItems, or of `items` as older drafts write the same.
const bj::array* own_places(Schema schema) {
  const bj::value* places = keyword(schema, "prefixItems");
  if (places == nullptr) places = keyword(schema, "items");
  return places == nullptr ? nullptr : places->if_array();
}

Schema own_rest(Schema schema) {
  const bj::value* items = keyword(schema, "items");
  if (items != nullptr && items->is_array()) return keyword(schema, "additionalItems");
  return items;
}

}  // namespace

Types types_of(const Schemas& schemas) {
  Types types = kAllTypes;
  for (const Schema schema : schemas)
    types &= own_types(schema);
  return types;
}

Counts counts_of(const Schemas& schemas, std::string_view least, std::string_view most) {
  Counts counts;
  for (const Schema schema : schemas) {
    if (const bj::value* value = keyword(schema, least)) {
      counts.least = std::max(counts.least, count_in(*value));
    }
    if (const bj::value* value = keyword(schema, most)) {
      counts.most = std::min(counts.most, count_in(*value));
    }
  }
  return counts;
}

Result<NumberRange> number_range_of(const SchemaDocument& document, const Schemas& schemas) {
  struct Kind {
    std::string_view name;
    bool upper;
    bool open;
  };
  constexpr Kind kKinds[] = {{"minimum", false, false},
                             {"exclusiveMinimum", false, true},
                             {"maximum", true, false},
                             {"exclusiveMaximum", true, true}};
  NumberRange range;
  for (const Schema schema : schemas) {
    for (const Kind& kind : kKinds) {
      const bj::value* value = keyword(schema, kind.name);
      if (value == nullptr) continue;
      const std::optional<Decimal> at = decimal_of(*value);
      if (at) {
        narrow(kind.upper ? range.most : range.least, {*at, kind.open}, kind.upper);
        continue;
      }
      // Beyond every number that is written here, on the side where it cuts nothing off.
      const bool outside = (value->to_number<double>() > 0) == kind.upper;
      if (is_huge(*value) && outside) continue;
      return fail(document.wrong(schema, kind.name, "has too many digits; write fewer"));
    }
  }
  return range;
}

std::vector<Said> strings_of(const Schemas& schemas, std::string_view name) {
  std::vector<Said> strings;
  for (const Schema schema : schemas) {
    const bj::value* value = keyword(schema, name);
    if (value == nullptr) continue;
    const std::string_view string = view(value->get_string());
    const bool known =
        std::ranges::any_of(strings, [&](const Said& said) { return said.string == string; });
    if (!known) strings.push_back({string, schema});
  }
  return strings;
}

Demand demand_on_key(const Schemas& schemas, const Key& key) {
  Demand demand;
  for (const Schema schema : schemas) {
    bool listed = false;
    const bj::value* properties = keyword(schema, "properties");
    if (properties != nullptr && key.name) {
      if (const bj::value* own = properties->get_object().if_contains(*key.name)) {
        add(demand, own);
        listed = true;
      }
    }
    if (const bj::value* patterns = keyword(schema, "patternProperties")) {
      for (const auto& member : patterns->get_object()) {
        if (!key.matches({member.key().data(), member.key().size()})) continue;
        add(demand, &member.value());
        listed = true;
      }
    }
    const bj::value* others = keyword(schema, "additionalProperties");
    if (!listed && others != nullptr) add(demand, others);
  }
  if (!demand.spoken) {
    demand.forbidden = std::ranges::any_of(schemas, [](Schema schema) {
      const bj::value* rest = keyword(schema, "unevaluatedProperties");
      return rest != nullptr && rest->is_bool() && !rest->get_bool();
    });
  }
  return demand;
}

std::vector<std::string_view> names_of(const Schemas& schemas) {
  std::vector<std::string_view> names;
  std::unordered_set<std::string_view> known;
  for (const Schema schema : schemas) {
    const bj::value* properties = keyword(schema, "properties");
    if (properties == nullptr) continue;
    for (const auto& member : properties->get_object()) {
      const std::string_view name(member.key().data(), member.key().size());
      if (known.insert(name).second) names.push_back(name);
    }
  }
  for (const std::string_view name : required_of(schemas)) {
    if (known.insert(name).second) names.push_back(name);
  }
  return names;
}

std::vector<std::string_view> required_of(const Schemas& schemas) {
  std::vector<std::string_view> names;
  std::unordered_set<std::string_view> known;
  for (const Schema schema : schemas) {
    const bj::value* required = keyword(schema, "required");
    if (required == nullptr) continue;
    for (const bj::value& name : required->get_array()) {
      const std::string_view string = view(name.get_string());
      if (known.insert(string).second) names.push_back(string);
    }
  }
  return names;
}

std::vector<Said> key_patterns_of(const Schemas& schemas) {
  std::vector<Said> patterns;
  std::unordered_set<std::string_view> known;
  for (const Schema schema : schemas) {
    const bj::value* own = keyword(schema, "patternProperties");
    if (own == nullptr) continue;
    for (const auto& member : own->get_object()) {
      const std::string_view pattern(member.key().data(), member.key().size());
      if (known.insert(pattern).second) patterns.push_back({pattern, schema});
    }
  }
  return patterns;
}

bool lists_members(const Schemas& schemas) {
  return std::ranges::any_of(schemas, [](Schema schema) {
    return keyword(schema, "properties") != nullptr ||
           keyword(schema, "patternProperties") != nullptr ||
           keyword(schema, "unevaluatedProperties") != nullptr;
  });
}

Demand demand_on_element(const Schemas& schemas, std::size_t place) {
  Demand demand;
  for (const Schema schema : schemas) {
    const bj::array* places = own_places(schema);
    if (places != nullptr && place < places->size()) {
      add(demand, &(*places)[place]);
    } else if (const Schema rest = own_rest(schema)) {
      add(demand, rest);
    } else if (places != nullptr || keyword(schema, "unevaluatedItems") != nullptr) {
      // Other elements are not asked for by anybody, so they are not written.
      demand.forbidden = demand.forbidden || !demand.spoken;
    }
  }
  return demand;
}

std::size_t places_of(const Schemas& schemas) {
  std::size_t count = 0;
  for (const Schema schema : schemas) {
    if (const bj::array* places = own_places(schema)) count = std::max(count, places->size());
  }
  return count;
}

}  // namespace hearth::constraint
