// Whether a chat template that can be read can also be run: it writes a plain conversation of a few
// words, with a system message or without, of one turn or of two, with contents as texts or as
// lists of parts. A template may rightly refuse some of these; one that refuses all is broken.
//
// Not for what needs variables of its own, as templates of prompts do: what is not defined here is
// no mistake, and what does not ask for messages is not run.
//
// REQUIRES: a Watch lives; check_syntax() took the text.
// Errors:   kUnimplemented, "line 3, column 8: Unknown filter: trin", of the simplest conversation.
// Threads:  pure.
#pragma once

#include <string>

#include "base/result.h"

namespace hearth::dialogue {

Result<void> try_conversations(const std::string& text);

}  // namespace hearth::dialogue
