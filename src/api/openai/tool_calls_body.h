// Tool calls of an answer in OpenAI's shape: of a whole answer, and as the pieces of a stream.
//
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "chat/event.h"
#include "chat/request.h"
#include "json/writer.h"

namespace hearth::api::openai {

void write_tool_calls(json::Writer& json, const std::vector<chat::ToolCall>& calls);
// {"tool_calls":[…]}: with id, type and name in the first piece of a call.
std::string tool_call_delta(const chat::ToolCallDelta& delta);

}  // namespace hearth::api::openai
