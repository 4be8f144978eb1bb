// Where in a pattern ^ and $ stand decides which whole strings have a match. While it is parsed
// they are marks; here they are resolved, so that what is left are contents.
//
// Errors:  kInvalidArgument for marks in a repetition or where nothing could ever match.
// Threads: pure.
#pragma once

#include "base/result.h"
#include "constraint/rules.h"

namespace hearth::constraint {

Expression begin_mark();
Expression end_mark();

// The whole strings in which the parsed pattern is found.
Result<Expression> whole_strings(const Expression& parsed);

}  // namespace hearth::constraint
