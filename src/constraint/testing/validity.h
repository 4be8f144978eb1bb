// For tests: is a document valid for a schema? Decided by its values, without any rules. A key
// that stands twice counts with its last value.
//
// REQUIRES: a schema that rules_of_schema() takes.
// Threads:  pure.
#pragma once

#include <string_view>

namespace hearth::constraint::testing {

bool is_valid(std::string_view schema, std::string_view document);

}  // namespace hearth::constraint::testing
