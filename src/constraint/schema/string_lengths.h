// Lengths and a pattern together, where that needs no set of strings.
//
// Threads: pure.
#pragma once

#include <optional>

#include "constraint/rules.h"
#include "constraint/schema/demands.h"

namespace hearth::constraint {

// The content (pattern.h) held to the lengths, where that only changes how often one character
// repeats.
std::optional<Expression> held_to(const Expression& content, const Counts& lengths);

}  // namespace hearth::constraint
