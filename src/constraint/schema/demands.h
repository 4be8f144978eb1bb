// What schemas that must all hold say about documents of one type, put together: the types that
// are left, the narrowest limits, and what they ask of one member or element.
//
// Everything here reads own keywords only; $ref, allOf, anyOf and oneOf are taken apart before
// (alternatives.h).
//
// REQUIRES: schemas that check_keywords() let pass, none of them a boolean.
// Threads:  pure.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "constraint/schema/document.h"
#include "constraint/schema/number_range.h"
#include "constraint/types.h"

namespace hearth::constraint {

Types types_of(const Schemas& schemas);

struct Counts {
  std::uint64_t least = 0;
  std::uint64_t most = UINT64_MAX;  // none is named
};
Counts counts_of(const Schemas& schemas, std::string_view least, std::string_view most);

Result<NumberRange> number_range_of(const SchemaDocument& document, const Schemas& schemas);

// The strings that stand for a keyword ("pattern", "format"), each once.
struct Said {
  std::string_view string;
  Schema schema = nullptr;
};
std::vector<Said> strings_of(const Schemas& schemas, std::string_view name);

// What is asked of the value of one key, or of one element.
struct Demand {
  Schemas schemas;
  bool forbidden = false;  // there must be none
  bool spoken = false;     // a schema speaks about it: it is not just let pass
};

// A key: its name, where it is known, and which patterns of patternProperties it matches.
struct Key {
  std::optional<std::string_view> name;
  std::function<bool(std::string_view pattern)> matches;
};
Demand demand_on_key(const Schemas& schemas, const Key& key);
// Names of properties in order of the schemas, then those that are only required.
std::vector<std::string_view> names_of(const Schemas& schemas);
std::vector<std::string_view> required_of(const Schemas& schemas);
std::vector<Said> key_patterns_of(const Schemas& schemas);
// Members that no schema speaks about are not written when any schema has a list of its own.
bool lists_members(const Schemas& schemas);

Demand demand_on_element(const Schemas& schemas, std::size_t place);
// How many elements stand at places of their own (prefixItems).
std::size_t places_of(const Schemas& schemas);

}  // namespace hearth::constraint
