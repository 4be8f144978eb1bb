// The grammar of an answer that calls tools, written from the parser that will read it: what fits
// can be read. Where the arguments of a tool stand there is a rule of its own, for whoever knows
// what they may be; as it is written here it takes what the parser takes.
//
// What the parser looks at ahead is not in it.
//
// Errors:  kInternal for a parser that is none of the chat library's.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <peg-parser.h>

#include "dialogue/answer_format.h"
#include "dialogue/tool_outlines.h"

namespace hearth::dialogue {

// kFromTrigger: of what begins with a call, or with a part of calls, and of the text that may
// follow. kCalls: of calls as a whole, and of nothing else.
enum class GrammarExtent : std::uint8_t { kFromTrigger, kCalls };

// REQUIRES: rules made for tools.told().
CallGrammar make_call_grammar(const common_peg_arena& rules, const ToolOutlines& tools,
                              GrammarExtent extent);

}  // namespace hearth::dialogue
