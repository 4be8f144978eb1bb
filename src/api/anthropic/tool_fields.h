// The tools that a model may call, and whether it has to. Tools that Anthropic runs, or whose
// schema only its models know, are left out and named.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  chat::kToolsMax, and the constants below.
// Threads: pure.
#pragma once

#include "api/anthropic/message_call.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::anthropic {

inline constexpr std::size_t kToolNameBytesMax = 128;
inline constexpr std::size_t kSchemaBytesMax = 1024 * 1024;

Result<void> read_tools(const json::Node& node, MessageCall& call);
// To be read when the tools were.
Result<void> read_tool_choice(const json::Node& node, MessageCall& call);

}  // namespace hearth::api::anthropic
