// What a model may call, and whether it must: `tools` and `tool_choice`.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  chat::kToolsMax, and those of core/tool_parts.h.
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

Result<void> read_tools(const json::Node& node, ChatCall& call);
// REQUIRES: the tools were read. A choice among some of them leaves the others out.
Result<void> read_tool_choice(const json::Node& node, ChatCall& call);

}  // namespace hearth::api::openai
