// An set as rules: what begins in one state is one expression, and a state that is reached
// in more ways than one is a rule, called as the last thing of another.
//
// Threads: pure.
#pragma once

#include <functional>
#include <vector>

#include "constraint/pattern/string_set.h"
#include "constraint/rules.h"

namespace hearth::constraint {

// How one character of these is written.
using WriteClass = std::function<Expression(std::vector<CodePointRange>)>;

// What stands behind strings of a kind.
using WriteEnd = std::function<Expression(std::uint32_t kind)>;

Expression rules_of(const StringSet& set, Rules& rules, const WriteClass& write);
Expression rules_of(const StringSet& set, Rules& rules, const WriteClass& write,
                    const WriteEnd& end);

// Texts become sequences of characters, as contents are made of (pattern.h). REQUIRES: ASCII.
Expression spelled_out(const Expression& expression);

}  // namespace hearth::constraint
