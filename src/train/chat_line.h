// One line of a JSONL file of chats, in the form that the OpenAI dialect and most data sets have:
//
//   {"messages": [{"role": "user", "content": "…"}, …], "tools": [{"type": "function", …}]}
//
// Calls and tools may also stand without their "function"; arguments are JSON or a text of it.
// Other members of the line and of its messages are for others and are passed over.
//
// Threads: pure.
// Errors:  kInvalidArgument, which names the field.
// Limits:  those of json::parse.
#pragma once

#include <string_view>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::train {

// Only the messages and the tools of the request are set.
Result<chat::Request> read_chat_line(std::string_view line);

}  // namespace hearth::train
