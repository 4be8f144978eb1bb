// Strings that stand as they are before a mark.
//
// Threads: pure.
#pragma once

#include <string_view>

#include "constraint/pattern/string_set.h"

namespace hearth::constraint {

// All strings behind which the mark is found where it begins, and not before. Only the empty one
// for an empty mark.
StringSet strings_before(std::string_view mark);

}  // namespace hearth::constraint
