// How calls begin in a family that has no mark before them, as a pattern: from the first byte of a
// call to the name of its tool.
//
// Threads: pure.
#pragma once

#include <string>

#include <peg-parser.h>

#include "dialogue/tool_outlines.h"

namespace hearth::dialogue {

// ECMAScript; empty where the rules know no calls, or where nothing certain stands before the name.
// REQUIRES: rules made for tools.told().
std::string call_head(const common_peg_arena& rules, const ToolOutlines& tools);

}  // namespace hearth::dialogue
