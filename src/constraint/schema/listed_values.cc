#include "constraint/schema/listed_values.h"

#include <algorithm>

#include <boost/json/array.hpp>

namespace hearth::constraint {

namespace bj = boost::json;

bool is_listed(const Schemas& schemas) {
  return std::ranges::any_of(schemas, [](Schema schema) {
    return keyword(schema, "const") != nullptr || keyword(schema, "enum") != nullptr;
  });
}

std::vector<const bj::value*> listed_values(const Schemas& schemas) {
  std::vector<const bj::value*> values;
  for (const Schema schema : schemas) {
    if (const bj::value* only = keyword(schema, "const")) return {only};
    const bj::value* listed = keyword(schema, "enum");
    if (listed == nullptr) continue;
    for (const bj::value& value : listed->get_array())
      values.push_back(&value);
    return values;
  }
  return values;
}

}  // namespace hearth::constraint
