// Which keywords a schema may have and what stands in each. docs/constraints.md has the same
// table for people.
//
// Errors:  kInvalidArgument: a keyword that is not supported, is unknown, or has a wrong value.
// Threads: pure.
#pragma once

#include "base/result.h"
#include "constraint/schema/document.h"

namespace hearth::constraint {

// Looks at the keywords of this one schema and not at those inside it. After it every keyword
// has a value of its kind, and only the ones that are honoured are left to think about.
Result<void> check_keywords(const SchemaDocument& document, Schema schema);

// It says no more than the schema that its $ref names. REQUIRES: check_keywords() let it pass.
bool is_only_reference(Schema schema);

}  // namespace hearth::constraint
