// The calls in a conversation's history, changed for templates that cannot tell them as they are.
//
// Threads: pure.
#pragma once

#include "base/result.h"
#include "chat/request.h"

namespace hearth::dialogue {

// For a template that has no place for calls: they are told as text, not left out.
void write_calls_as_text(chat::Request& request);

// Arguments that are no JSON, as of an answer that was cut: a text of what is there. The first
// one's fault, for a template that cannot write texts.
Result<void> quote_broken_arguments(chat::Request& request);

// For a template that takes ids of nine letters and digits and refuses all others. The same id
// stays the same in a call and its result; others stay others, even where they end alike.
void shorten_ids(chat::Request& request);

}  // namespace hearth::dialogue
