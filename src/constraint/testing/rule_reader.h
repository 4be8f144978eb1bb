// Does a text fit rules? Slow and simple, for tests: it tries every way, one byte after another,
// and remembers what it has seen.
//
// REQUIRES: rules that are not left-recursive, without tokens; texts of some kilobytes at most.
// Threads:  pure.
#pragma once

#include <string_view>

#include "constraint/rules.h"

namespace hearth::constraint::testing {

bool fits(const Rules& rules, std::string_view text);

}  // namespace hearth::constraint::testing
