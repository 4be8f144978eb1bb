// One line of a file of conversations, as OpenAI writes them:
//   {"messages":[{"role":…,"content":…,"tool_calls":[…],"tool_call_id":…}],"tools":[…]}
// Other members of the line say something about the conversation and are not read. In a message
// nothing is passed over: what is not known is refused by name.
//
// Errors:  kInvalidArgument that says which field.
// Limits:  those of json::parse().
// Threads: pure.
#pragma once

#include <string_view>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::train {

// Messages and tools of the request are what was read; all else is the default.
Result<chat::Request> read_conversation(std::string_view line);

}  // namespace hearth::train
