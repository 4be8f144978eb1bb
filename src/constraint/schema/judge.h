// Is a value that stands in the schema (of enum or const) valid for the rest of it?
//
// Errors:  kInvalidArgument for what the schema itself is refused for.
// Threads: confined to its caller.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>

#include <boost/json/value.hpp>

#include "base/result.h"
#include "constraint/schema/alternatives.h"
#include "constraint/schema/document.h"
#include "constraint/schema/patterns.h"
#include "constraint/types.h"

namespace hearth::constraint {

Types type_of(const boost::json::value& value);

// The same text for the same values and for no others, as JSON schema compares: 1 and 1.0 are the
// same, members have no order.
std::string canonical_text(const boost::json::value& value);

class Judge {
 public:
  Judge(const SchemaDocument& document, Alternatives& alternatives, Patterns& patterns)
      : document_(document), alternatives_(alternatives), patterns_(patterns) {}

  Result<bool> valid(const boost::json::value& value, Schema schema);
  // By their own keywords only, without $ref, allOf, anyOf and oneOf.
  Result<bool> valid_here(const boost::json::value& value, const Schemas& schemas);

 private:
  Result<bool> valid_applied(const boost::json::value& value, Schema schema);
  Result<bool> valid_string(const boost::json::value& value, const Schemas& schemas);
  Result<bool> valid_number(const boost::json::value& value, const Schemas& schemas);
  Result<bool> valid_array(const boost::json::value& value, const Schemas& schemas);
  Result<bool> valid_object(const boost::json::value& value, const Schemas& schemas);
  Result<bool> valid_all(const boost::json::value& value, const Schemas& schemas);
  bool is_listed(const boost::json::value& value, Schema schema);

  const SchemaDocument& document_;
  Alternatives& alternatives_;
  Patterns& patterns_;
  // The texts of the values of each enum.
  std::unordered_map<const boost::json::value*, std::unordered_set<std::string>> enums_;
};

}  // namespace hearth::constraint
