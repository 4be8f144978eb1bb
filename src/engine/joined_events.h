// What one step says of an answer: pieces of the same text are one event, because a step may bring
// thousands of tokens that were certain, and its reader gives credit for events.
//
// Threads: pure.
#pragma once

#include <cstddef>

#include "chat/event.h"

namespace hearth::engine {

inline constexpr std::size_t kJoinedBytesMax = 256 * 1024;

// Of the text, the thinking or a call: what may be joined.
bool is_piece(const chat::Event& event);

// Adds what the next event says to the first; false where they are of different things, or would
// be too large, and nothing is changed.
bool join(chat::Event& first, chat::Event& next);

}  // namespace hearth::engine
