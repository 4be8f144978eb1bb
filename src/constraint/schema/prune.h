// Rules without what can never end: alternatives that no text fits, an optional part that would
// have to contain itself for ever, and rules that nobody uses.
//
// Threads: pure.
#pragma once

#include <optional>

#include "constraint/rules.h"

namespace hearth::constraint {

// Nothing when no text fits at all.
std::optional<Rules> without_dead_ends(Rules rules);

}  // namespace hearth::constraint
