#include "constraint/schema/schema_view.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

constexpr std::size_t kHopsMax = 8;  // to where a type is said

constexpr std::string_view kTypeNames[] = {"null",   "boolean", "integer", "number",
                                           "string", "array",   "object"};

// Keywords that are about values of one type only.
struct Clue {
  std::string_view keyword;
  std::string_view type;
};
constexpr Clue kClues[] = {{"properties", "object"}, {"additionalProperties", "object"},
                           {"required", "object"},   {"items", "array"},
                           {"prefixItems", "array"}, {"pattern", "string"},
                           {"format", "string"},     {"minLength", "string"},
                           {"maxLength", "string"},  {"minimum", "number"},
                           {"maximum", "number"},    {"multipleOf", "number"}};

void add(TypeNames& types, std::string_view name) {
  if (!has(types, name)) types.push_back(name);
}

void add_named(const bj::value& named, TypeNames& types) {
  for (const std::string_view name : kTypeNames) {
    if (named.is_string() && named.get_string() == name) add(types, name);
  }
}

const bj::array* list(Schema schema, std::string_view name) {
  const bj::value* found = keyword(schema, name);
  return found == nullptr ? nullptr : found->if_array();
}

std::optional<bj::array> values_of(Schema schema) {
  if (const bj::value* only = keyword(schema, "const")) return bj::array{*only};
  if (const bj::array* values = list(schema, "enum")) return *values;
  return std::nullopt;
}

}  // namespace

bool has(const TypeNames& types, std::string_view name) {
  return std::find(types.begin(), types.end(), name) != types.end();
}

std::string_view type_name(const bj::value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "boolean";
  if (value.is_double()) return "number";
  if (value.is_number()) return "integer";
  if (value.is_string()) return "string";
  return value.is_array() ? "array" : "object";
}

bool is_of(const bj::value& value, std::string_view type) {
  const std::string_view name = type_name(value);
  return name == type || (name == "integer" && type == "number");
}

Schemas SchemaView::both() const {
  Schemas both = all;
  both.insert(both.end(), some.begin(), some.end());
  return both;
}

bool SchemaViewer::take(std::size_t steps) {
  effort_.spend(kEffortOfStep * std::min(steps, steps_left_));
  is_over_ = is_over_ || steps > steps_left_;
  steps_left_ -= std::min(steps, steps_left_);
  return !is_over_;
}

SchemaView SchemaViewer::view(Schema schema) {
  SchemaView view{.types = types_of(schema, 0)};
  const auto first = std::find_if(view.types.begin(), view.types.end(),
                                  [](std::string_view type) { return type != "null"; });
  if (!view.types.empty()) view.type = first == view.types.end() ? "null" : *first;
  gather(schema, Holds::kAlways, view);
  return view;
}

SchemaView SchemaViewer::view_of_object(Schema schema) {
  SchemaView view{.type = "object", .types = {"object"}};
  gather(schema, Holds::kAlways, view);
  return view;
}

std::optional<bj::array> SchemaViewer::listed_values(const SchemaView& view) {
  for (const Schema schema : view.all) {
    if (auto values = values_of(schema); values && take(values->size())) return values;
  }
  bj::array together;
  for (const Schema schema : view.some) {
    const auto values = values_of(schema);
    if (!values || !take(values->size())) return std::nullopt;
    together.insert(together.end(), values->begin(), values->end());
  }
  return together.empty() ? std::nullopt : std::optional(together);
}

TypeNames SchemaViewer::types_of(Schema schema, std::size_t hops) {
  if (schema->is_bool() && !schema->get_bool()) return {"null"};  // nothing at all fits it
  if (!schema->is_object() || hops == kHopsMax || !take(1)) return {};
  TypeNames types = own_types(schema);
  const Schema target = types.empty() ? target_of(schema) : nullptr;
  if (target != nullptr) types = types_of(target, hops + 1);
  if (const bj::array* parts = list(schema, "allOf")) {
    for (std::size_t i = 0; i < parts->size() && types.empty(); ++i)
      types = types_of(&(*parts)[i], hops + 1);
  }
  for (const char* name : {"anyOf", "oneOf"}) {
    const bj::array* ways = list(schema, name);
    if (ways == nullptr || !types.empty()) continue;
    for (const bj::value& way : *ways) {
      for (const std::string_view type : types_of(&way, hops + 1))
        add(types, type);
    }
  }
  for (const Clue& clue : kClues) {
    if (types.empty() && keyword(schema, clue.keyword) != nullptr) types = {clue.type};
  }
  return types;
}

TypeNames SchemaViewer::own_types(Schema schema) {
  TypeNames types;
  if (const bj::value* type = keyword(schema, "type")) add_named(*type, types);
  const bj::array* names = list(schema, "type");
  if (names != nullptr && take(names->size())) {
    for (const bj::value& name : *names)
      add_named(name, types);
  }
  if (!types.empty()) return types;
  if (const bj::value* only = keyword(schema, "const")) add(types, type_name(*only));
  const bj::array* values = list(schema, "enum");
  if (values != nullptr && take(values->size())) {
    for (const bj::value& one : *values)
      add(types, type_name(one));
  }
  return types;
}

Schema SchemaViewer::target_of(Schema schema) const {
  const bj::value* reference = keyword(schema, "$ref");
  if (reference == nullptr || !reference->is_string()) return nullptr;
  return document_.target(schema).value_or(nullptr);
}

void SchemaViewer::gather(Schema schema, Holds holds, SchemaView& view) {
  Schemas& into = holds == Holds::kAlways ? view.all : view.some;
  const bool known = std::find(into.begin(), into.end(), schema) != into.end();
  if (!schema->is_object() || known || into.size() == kViewPartsMax || !take(1)) return;
  into.push_back(schema);
  if (const Schema target = target_of(schema)) gather(target, holds, view);
  if (const bj::array* parts = list(schema, "allOf")) {
    for (const bj::value& part : *parts)
      gather(&part, holds, view);
  }
  for (const char* name : {"anyOf", "oneOf"}) {
    if (const bj::array* ways = list(schema, name)) gather_ways(*ways, holds, view);
  }
}

// Those of the type.
void SchemaViewer::gather_ways(const bj::array& ways, Holds holds, SchemaView& view) {
  Schemas fitting;
  for (const bj::value& way : ways) {
    const TypeNames types = types_of(&way, 0);
    if (types.empty() || has(types, view.type)) fitting.push_back(&way);
  }
  for (const Schema way : fitting)
    gather(way, fitting.size() > 1 ? Holds::kMaybe : holds, view);
}

}  // namespace hearth::constraint
