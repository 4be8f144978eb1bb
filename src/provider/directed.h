// What a model's directions make of requests: the author of a model, or who wrote a Modelfile,
// says how it is used where a client says nothing.
//
// Threads: pure.
#pragma once

#include <vector>

#include "chat/request.h"
#include "store/manifest/directions.h"

namespace hearth::provider {

// A request that asks for nothing yet. Parameters that mean nothing for a request, or whose values
// cannot be, change nothing.
chat::Request blank_request(const store::Directions& directions);

// The conversation begins with the model's own messages, and before them with its system message,
// unless it brings one.
void begin_conversation(const store::Directions& directions, std::vector<chat::Message>& messages);

}  // namespace hearth::provider
