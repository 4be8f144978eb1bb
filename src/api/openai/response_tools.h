// What a model may call in responses, where nothing is wrapped: {"type":"function","name":…}. Tools
// that OpenAI runs are left out and named.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  those of tool_fields.h.
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

Result<void> read_response_tools(const json::Node& node, ChatCall& call);
// REQUIRES: the tools were read.
Result<void> read_response_tool_choice(const json::Node& node, ChatCall& call);

}  // namespace hearth::api::openai
