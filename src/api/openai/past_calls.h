// The `tool_calls` of an assistant's message: what a model called earlier in a conversation.
//
// Errors:  kInvalidArgument with the path of the field.
// Limits:  chat::kToolsMax, and the constants below.
// Threads: pure.
#pragma once

#include <vector>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

inline constexpr std::size_t kCallIdBytesMax = 256;
inline constexpr std::size_t kCallNameBytesMax = 256;

// Arguments may be an object in place of its text. Names are not checked against the tools: models
// call what is not there, and their clients tell them so.
Result<std::vector<chat::ToolCall>> read_past_calls(const json::Node& node, ChatCall& call);
// Of a call, or of the call that a tool's message answers.
Result<std::string> read_call_id(const json::Node& node);

}  // namespace hearth::api::openai
