// How an answer comes about and what it must be: `thinking`, `output_config` and the older
// `output_format`.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  kSchemaBytesMax of core/tool_parts.h.
// Threads: pure.
#pragma once

#include "api/anthropic/message_call.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::anthropic {

Result<void> read_thinking(const json::Node& node, MessageCall& call);
Result<void> read_output_config(const json::Node& node, MessageCall& call);
Result<void> read_output_format(const json::Node& node, MessageCall& call);
// Who does not ask for thoughts gets none, where neither the client nor the model's own settings
// say otherwise. To be called when all fields were read.
void settle_thinking(MessageCall& call);

}  // namespace hearth::api::anthropic
