// JSON schemas (draft 2020-12) as rules whose texts are exactly the valid documents, written
// compactly; docs/constraints.md names the keywords that are honoured. Any other keyword that
// could make a document invalid is refused by name: nothing is silently ignored.
//
// Errors:  kInvalidArgument; the context is the JSON pointer of what is wrong. Those of Effort.
// Threads: pure; thread-safe.
#pragma once

#include <string_view>

#include "base/result.h"
#include "constraint/effort.h"
#include "constraint/rules.h"

namespace hearth::constraint {

inline constexpr std::size_t kSchemaBytesMax = 1024 * 1024;

Result<Rules> rules_of_schema(std::string_view schema);
Result<Rules> rules_of_schema(std::string_view schema, Effort& effort);

// Any JSON object: what dialects call JSON mode.
Rules rules_of_any_object();

}  // namespace hearth::constraint
