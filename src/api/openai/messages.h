// The `messages` of a chat request: roles, content as text or as parts of text, and what an
// assistant said beside it: thinking and tool calls. Nobody checks that a result belongs to a
// call: conversations are cut, and models are fine with that.
//
// Errors:  kInvalidArgument with the path of the field: "messages[2].content[0].type".
// Limits:  kMessagesMax, and chat::kToolsMax calls of a message.
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

// An assistant's last message is one to go on with, unless it calls tools.
Result<void> read_messages(const json::Node& node, ChatCall& call);
// REQUIRES: the messages were read. Says of the last one what they say, or the opposite.
Result<void> read_continuation(const json::Node& node, ChatCall& call);

}  // namespace hearth::api::openai
