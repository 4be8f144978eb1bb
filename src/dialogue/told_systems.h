// System messages as a template wants them that takes one alone.
//
// Threads: pure.
#pragma once

#include "chat/request.h"

namespace hearth::dialogue {

// Those that a conversation begins with become one, an empty line between them.
void join_systems(chat::Request& request);

}  // namespace hearth::dialogue
