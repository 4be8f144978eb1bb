// The field `messages` of /api/chat.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  openai::kMessagesMax.
// Threads: pure.
#pragma once

#include "api/ollama/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::ollama {

Result<void> read_messages(const json::Node& node, Ask& ask);

}  // namespace hearth::api::ollama
