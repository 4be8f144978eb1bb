// The tools that a model may call, and whether it has to. Tools that Anthropic runs, or whose
// schema only its models know, are left out and named.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  chat::kToolsMax, and those of core/tool_parts.h.
// Threads: pure.
#pragma once

#include "api/anthropic/message_call.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::anthropic {

Result<void> read_tools(const json::Node& node, MessageCall& call);
// To be read when the tools were.
Result<void> read_tool_choice(const json::Node& node, MessageCall& call);

}  // namespace hearth::api::anthropic
