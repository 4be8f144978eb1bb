// The part of an answer's grammar that is its calls: cut out of what llama.cpp's chat library wrote
// for an answer that has to have calls, which may begin with thinking and with any text.
//
// Threads: pure.
#pragma once

#include <string>

namespace hearth::dialogue {

// GBNF that allows one call or more and nothing else; empty when `required` does not name them.
// `required` is the grammar of an answer that must call, `triggered` that of an answer that is held
// from its trigger on, whose root names the rules that are calls; it may be empty.
std::string calls_alone(std::string required, const std::string& triggered);

}  // namespace hearth::dialogue
