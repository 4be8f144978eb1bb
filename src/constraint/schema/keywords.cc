#include "constraint/schema/keywords.h"

#include <algorithm>
#include <cmath>
#include <string_view>
#include <unordered_map>

#include <boost/json/array.hpp>
#include <fmt/format.h>

#include "base/utf8.h"

namespace hearth::constraint {

namespace {

namespace bj = boost::json;

enum class Wants {
  kAnything,
  kSchema,
  kSchemaOrSchemas,
  kSchemas,       // at least one
  kNamedSchemas,  // an object of them
  kString,
  kStrings,
  kTypes,  // the name of a type, or some
  kValues,
  kNumber,
  kPositive,
  kCount,
  kBoolean,
  kId,       // only where it changes nothing
  kTrivial,  // not supported; a value that forbids nothing may stand there
  kNote,     // says something to people
  kRefused
};

using Table = std::unordered_map<std::string_view, Wants>;

const Table& table() {
  static const Table kTable = {
      {"$ref", Wants::kString},
      {"$defs", Wants::kNote},
      {"definitions", Wants::kNote},
      {"$id", Wants::kId},
      {"$anchor", Wants::kString},
      {"type", Wants::kTypes},
      {"enum", Wants::kValues},
      {"const", Wants::kAnything},
      {"allOf", Wants::kSchemas},
      {"anyOf", Wants::kSchemas},
      {"oneOf", Wants::kSchemas},
      {"properties", Wants::kNamedSchemas},
      {"patternProperties", Wants::kNamedSchemas},
      {"additionalProperties", Wants::kSchema},
      {"unevaluatedProperties", Wants::kSchema},
      {"propertyNames", Wants::kSchema},
      {"required", Wants::kStrings},
      {"minProperties", Wants::kCount},
      {"maxProperties", Wants::kCount},
      {"items", Wants::kSchemaOrSchemas},
      {"prefixItems", Wants::kSchemas},
      {"additionalItems", Wants::kSchema},
      {"unevaluatedItems", Wants::kSchema},
      {"minItems", Wants::kCount},
      {"maxItems", Wants::kCount},
      {"uniqueItems", Wants::kBoolean},
      {"minLength", Wants::kCount},
      {"maxLength", Wants::kCount},
      {"pattern", Wants::kString},
      {"format", Wants::kString},
      {"minimum", Wants::kNumber},
      {"maximum", Wants::kNumber},
      {"exclusiveMinimum", Wants::kNumber},
      {"exclusiveMaximum", Wants::kNumber},
      {"multipleOf", Wants::kPositive},
      {"not", Wants::kTrivial},
      {"if", Wants::kTrivial},
      {"then", Wants::kNote},  // without effect where there is no `if`
      {"else", Wants::kNote},
      {"contains", Wants::kTrivial},
      {"minContains", Wants::kNote},  // without effect where there is no `contains`
      {"maxContains", Wants::kNote},
      {"dependentSchemas", Wants::kTrivial},
      {"dependentRequired", Wants::kTrivial},
      {"dependencies", Wants::kTrivial},
      {"nullable", Wants::kTrivial},
      {"$dynamicRef", Wants::kRefused},
      {"$recursiveRef", Wants::kRefused},
      {"extends", Wants::kRefused},
      {"disallow", Wants::kRefused},
      {"divisibleBy", Wants::kRefused},
  };
  return kTable;
}

bool is_note(std::string_view name) {
  static constexpr std::string_view kNotes[] = {"$schema",
                                                "$comment",
                                                "$vocabulary",
                                                "$dynamicAnchor",
                                                "$recursiveAnchor",
                                                "title",
                                                "description",
                                                "default",
                                                "example",
                                                "examples",
                                                "deprecated",
                                                "readOnly",
                                                "writeOnly",
                                                "contentEncoding",
                                                "contentMediaType",
                                                "contentSchema",
                                                "discriminator",
                                                "xml",
                                                "externalDocs",
                                                "enumNames",
                                                "enumDescriptions",
                                                "enumTitles",
                                                "markdownDescription",
                                                "markdownEnumDescriptions",
                                                "errorMessage",
                                                "propertyOrdering",
                                                "propertyOrder",
                                                "tsType",
                                                "tsEnumNames",
                                                "javaType",
                                                "defaultSnippets",
                                                "deprecationMessage",
                                                "doNotSuggest"};
  return std::ranges::find(kNotes, name) != std::end(kNotes) || name.starts_with("x-") ||
         name.starts_with("ui:");
}

bool is_schema(const bj::value& value) {
  return value.is_object() || value.is_bool();
}

bool is_true_schema(const bj::value& value) {
  return value.is_bool() ? value.get_bool() : value.is_object() && value.get_object().empty();
}

bool is_count(const bj::value& value) {
  if (!value.is_number()) return false;
  const auto number = value.to_number<double>();
  return number >= 0 && std::trunc(number) == number;
}

bool all_strings(const bj::value& value) {
  const bj::array* array = value.if_array();
  return array != nullptr &&
         std::ranges::all_of(*array, [](const bj::value& one) { return one.is_string(); });
}

bool all_schemas(const bj::value& value) {
  const bj::array* array = value.if_array();
  return array != nullptr && std::ranges::all_of(*array, is_schema);
}

bool all_types(const bj::value& value) {
  static constexpr std::string_view kTypes[] = {"null",   "boolean", "integer", "number",
                                                "string", "array",   "object"};
  const auto known = [](const bj::value& one) {
    return one.is_string() &&
           std::ranges::find(kTypes, std::string_view(one.get_string())) != std::end(kTypes);
  };
  if (const bj::array* array = value.if_array()) {
    return !array->empty() && std::ranges::all_of(*array, known);
  }
  return known(value);
}

// What the value should have been; empty when it is that.
std::string_view missed(Wants wants, const bj::value& value) {
  const auto say = [](bool right, std::string_view what) { return right ? "" : what; };
  switch (wants) {
    case Wants::kSchema:
      return say(is_schema(value), "a schema: an object, true or false");
    case Wants::kSchemaOrSchemas:
      return say(is_schema(value) || all_schemas(value), "a schema, or an array of them");
    case Wants::kSchemas:
      return say(all_schemas(value) && !value.get_array().empty(), "an array of schemas");
    case Wants::kNamedSchemas:
      return say(value.is_object() && std::ranges::all_of(value.get_object(),
                                                          [](const auto& member) {
                                                            return is_schema(member.value());
                                                          }),
                 "an object of schemas");
    case Wants::kString:
      return say(value.is_string(), "a string");
    case Wants::kStrings:
      return say(all_strings(value), "an array of strings");
    case Wants::kTypes:
      return say(all_types(value),
                 "null, boolean, integer, number, string, array or object, or an array of these");
    case Wants::kValues:
      return say(value.is_array(), "an array");
    case Wants::kNumber:
      return say(value.is_number(), "a number");
    case Wants::kPositive:
      return say(value.is_number() && value.to_number<double>() > 0, "a number above 0");
    case Wants::kCount:
      return say(is_count(value), "a whole number that is not negative");
    case Wants::kBoolean:
      return say(value.is_bool(), "true or false");
    default:
      return "";
  }
}

// Keywords that are not supported but forbid nothing with this value.
bool forbids_nothing(Schema schema, std::string_view name, const bj::value& value) {
  if (name == "not") return value.is_bool() && !value.get_bool();
  if (name == "nullable") return value.is_bool() && !value.get_bool();
  if (name == "if") return keyword(schema, "then") == nullptr && keyword(schema, "else") == nullptr;
  if (name == "contains") {
    const bj::value* least = keyword(schema, "minContains");
    return least != nullptr && is_count(*least) && least->to_number<double>() == 0 &&
           keyword(schema, "maxContains") == nullptr;
  }
  if (!value.is_object()) return false;
  return std::ranges::all_of(value.get_object(), [](const auto& member) {
    const bj::value& needs = member.value();
    return is_true_schema(needs) || (needs.is_array() && needs.get_array().empty());
  });
}

std::string_view advice(std::string_view name) {
  static const std::unordered_map<std::string_view, std::string_view> kAdvice = {
      {"not", "say what is allowed instead, with enum, type or anyOf"},
      {"if", "write anyOf with one whole schema for each case"},
      {"contains", "describe every element with items"},
      {"dependentSchemas", "write anyOf with one whole schema for each case"},
      {"dependentRequired", "write anyOf with one list of required for each case"},
      {"dependencies", "write anyOf with one whole schema for each case"},
      {"nullable", "write \"type\": [\"…\", \"null\"]"},
      {"$dynamicRef", "write $ref"},
      {"$recursiveRef", "write $ref"},
  };
  const auto known = kAdvice.find(name);
  return known == kAdvice.end() ? "take it out" : known->second;
}

Result<void> check_keyword(const SchemaDocument& document, Schema schema, std::string_view name,
                           const bj::value& value) {
  const auto known = table().find(name);
  if (known == table().end()) {
    if (is_note(name)) return {};
    return fail(document.wrong(
        schema, name,
        fmt::format("\"{}\" is no keyword that is known here, and nothing is ignored; if it only "
                    "says something to people, name it x-{}",
                    base::repair_utf8(name.substr(0, 60)), base::repair_utf8(name.substr(0, 60)))));
  }
  const bool trivial = known->second == Wants::kTrivial && forbids_nothing(schema, name, value);
  if (known->second == Wants::kRefused || (known->second == Wants::kTrivial && !trivial)) {
    return fail(
        document.wrong(schema, name, fmt::format("{} is not supported; {}", name, advice(name))));
  }
  const bool local_id = known->second == Wants::kId && schema != document.root() &&
                        !(value.is_string() && value.get_string().starts_with('#'));
  if (local_id) {
    return fail(document.wrong(schema, name, "$id is supported at the root only; use $anchor"));
  }
  if (const std::string_view what = missed(known->second, value); !what.empty()) {
    return fail(document.wrong(schema, name, fmt::format("{} must be {}", name, what)));
  }
  return {};
}

}  // namespace

Result<void> check_keywords(const SchemaDocument& document, Schema schema) {
  const bj::object* object = schema->if_object();
  if (object == nullptr) {
    if (schema->is_bool()) return {};
    return fail(document.wrong(schema, "", "must be an object, true or false"));
  }
  for (const auto& member : *object) {
    const std::string_view name(member.key().data(), member.key().size());
    HEARTH_TRY(check_keyword(document, schema, name, member.value()));
  }
  return {};
}

bool is_only_reference(Schema schema) {
  if (keyword(schema, "$ref") == nullptr) return false;
  return std::ranges::all_of(schema->get_object(), [](const auto& member) {
    const std::string_view name(member.key().data(), member.key().size());
    const auto known = table().find(name);
    return name == "$ref" || name == "$id" || name == "$anchor" || known == table().end() ||
           known->second == Wants::kNote || known->second == Wants::kTrivial;
  });
}

}  // namespace hearth::constraint
