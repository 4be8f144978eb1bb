#include "constraint/schema/judge.h"

#include <algorithm>
#include <map>
#include <set>

#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>

#include "constraint/pattern/code_points.h"
#include "constraint/schema/multiples.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

bool within(std::uint64_t count, const Counts& counts) {
  return count >= counts.least && count <= counts.most;
}

void write_canonical(std::string& text, const bj::value& value) {
  if (value.is_number()) {
    text += number_text(value);
  } else if (const bj::array* array = value.if_array()) {
    text += '[';
    for (const bj::value& element : *array) {
      write_canonical(text, element);
      text += ',';
    }
    text += ']';
  } else if (const bj::object* object = value.if_object()) {
    std::map<std::string_view, const bj::value*> members;
    for (const auto& member : *object)
      members.emplace(std::string_view(member.key().data(), member.key().size()), &member.value());
    text += '{';
    for (const auto& [key, element] : members) {
      text += bj::serialize(bj::value(key));
      text += ':';
      write_canonical(text, *element);
      text += ',';
    }
    text += '}';
  } else {
    text += bj::serialize(value);
  }
}

}  // namespace

Types type_of(const bj::value& value) {
  if (value.is_null()) return kNull;
  if (value.is_bool()) return kBoolean;
  if (value.is_string()) return kString;
  if (value.is_array()) return kArray;
  if (value.is_object()) return kObject;
  const std::optional<Decimal> number = decimal_of(value);
  if (!number) return is_huge(value) ? kWhole : kOtherNumber;  // of too many digits
  return number->fraction.empty() ? kWhole : kOtherNumber;
}

std::string canonical_text(const bj::value& value) {
  std::string text;
  write_canonical(text, value);
  return text;
}

bool Judge::is_listed(const bj::value& value, Schema schema) {
  const bj::value* only = keyword(schema, "const");
  const bj::value* listed = keyword(schema, "enum");
  if (only == nullptr && listed == nullptr) return true;
  const std::string text = canonical_text(value);
  if (only != nullptr && text != canonical_text(*only)) return false;
  if (listed == nullptr) return true;
  const auto [known, added] = enums_.try_emplace(listed);
  if (added) {
    for (const bj::value& one : listed->get_array())
      known->second.insert(canonical_text(one));
  }
  return known->second.contains(text);
}

Result<bool> Judge::valid_all(const bj::value& value, const Schemas& schemas) {
  for (const Schema schema : schemas) {
    if (!HEARTH_TRY(valid(value, schema))) return false;
  }
  return true;
}

Result<bool> Judge::valid(const bj::value& value, Schema schema) {
  HEARTH_TRY(document_.step());
  HEARTH_TRY(alternatives_.check(schema));
  if (schema->is_bool()) return schema->get_bool();
  if (!HEARTH_TRY(valid_here(value, {schema}))) return false;
  return valid_applied(value, schema);
}

Result<bool> Judge::valid_applied(const bj::value& value, Schema schema) {
  if (keyword(schema, "$ref") != nullptr) {
    const Schema target = HEARTH_TRY(document_.target(schema));
    if (!HEARTH_TRY(valid(value, target))) return false;
  }
  for (const char* name : {"allOf", "anyOf", "oneOf"}) {
    const bj::value* branches = keyword(schema, name);
    if (branches == nullptr) continue;
    std::size_t fitting = 0;
    for (const bj::value& branch : branches->get_array()) {
      if (HEARTH_TRY(valid(value, &branch))) ++fitting;
    }
    const std::string_view kind = name;
    const std::size_t count = branches->get_array().size();
    if (kind == "allOf" ? fitting != count : kind == "anyOf" ? fitting == 0 : fitting != 1) {
      return false;
    }
  }
  return true;
}

Result<bool> Judge::valid_here(const bj::value& value, const Schemas& schemas) {
  if ((types_of(schemas) & type_of(value)) == 0) return false;
  const auto listed = [&](Schema schema) { return is_listed(value, schema); };
  if (!std::ranges::all_of(schemas, listed)) return false;
  if (value.is_string()) return valid_string(value, schemas);
  if (value.is_number()) return valid_number(value, schemas);
  if (value.is_array()) return valid_array(value, schemas);
  if (value.is_object()) return valid_object(value, schemas);
  return true;
}

Result<bool> Judge::valid_string(const bj::value& value, const Schemas& schemas) {
  const std::u32string points = code_points(value.get_string());
  if (!within(points.size(), counts_of(schemas, "minLength", "maxLength"))) return false;
  for (const Said& pattern : strings_of(schemas, "pattern")) {
    const StringSet* set = HEARTH_TRY(patterns_.strings(pattern, "pattern"));
    if (!set->accepts(points)) return false;
  }
  for (const Said& format : strings_of(schemas, "format")) {
    const StringSet* set = HEARTH_TRY(patterns_.strings_of_format(format));
    if (set != nullptr && !set->accepts(points)) return false;
  }
  return true;
}

Result<bool> Judge::valid_number(const bj::value& value, const Schemas& schemas) {
  const NumberRange range = HEARTH_TRY(number_range_of(document_, schemas));
  const std::optional<Divisor> divisor = HEARTH_TRY(divisor_of(document_, schemas));
  const std::optional<Decimal> number = decimal_of(value);
  if (!number) return !range.least && !range.most && !divisor;
  if (range.least &&
      (*number < range.least->at || (range.least->open && *number == range.least->at))) {
    return false;
  }
  if (range.most && (range.most->at < *number || (range.most->open && *number == range.most->at))) {
    return false;
  }
  return !divisor || is_multiple(*number, *divisor);
}

Result<bool> Judge::valid_array(const bj::value& value, const Schemas& schemas) {
  const bj::array& elements = value.get_array();
  if (!within(elements.size(), counts_of(schemas, "minItems", "maxItems"))) return false;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    HEARTH_TRY(document_.step());
    const Demand demand = demand_on_element(schemas, i);
    if (demand.forbidden) return false;
    if (!HEARTH_TRY(valid_all(elements[i], demand.schemas))) return false;
  }
  const bool unique = std::ranges::any_of(schemas, [](Schema schema) {
    const bj::value* wanted = keyword(schema, "uniqueItems");
    return wanted != nullptr && wanted->get_bool();
  });
  std::set<std::string> seen;
  return !unique || std::ranges::all_of(elements, [&](const bj::value& element) {
    return seen.insert(canonical_text(element)).second;
  });
}

Result<bool> Judge::valid_object(const bj::value& value, const Schemas& schemas) {
  const bj::object& members = value.get_object();
  if (!within(members.size(), counts_of(schemas, "minProperties", "maxProperties"))) return false;
  for (const std::string_view name : required_of(schemas)) {
    if (!members.contains(name)) return false;
  }
  HEARTH_TRY(patterns_.prepare(key_patterns_of(schemas)));
  for (const auto& member : members) {
    HEARTH_TRY(document_.step());
    const std::string_view name(member.key().data(), member.key().size());
    const Demand demand = demand_on_key(schemas, {name, patterns_.key_matcher(name)});
    if (demand.forbidden) return false;
    if (!HEARTH_TRY(valid_all(member.value(), demand.schemas))) return false;
    for (const Schema schema : schemas) {
      const bj::value* names = keyword(schema, "propertyNames");
      const bj::value key = bj::string(name);
      if (names != nullptr && !HEARTH_TRY(valid(key, names))) return false;
    }
  }
  return true;
}

}  // namespace hearth::constraint
