// The conversation of a request: `system` and `messages`, whose contents are texts or lists of
// blocks, become chat::Messages. Turns of one role that follow each other are one; a result of a
// tool is a message of its own. Blocks of what only Anthropic hosts are left out and named.
//
// Errors:  kInvalidArgument with the path of the block; an image is one, because no model here
//          sees images yet.
// Limits:  the constants below, chat::kToolsMax calls in one turn.
// Threads: pure.
#pragma once

#include "api/anthropic/message_call.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::anthropic {

inline constexpr std::size_t kMessagesMax = 10'000;
inline constexpr std::size_t kToolUseIdBytesMax = 256;

// To be read before the messages, which follow it.
Result<void> read_system(const json::Node& node, MessageCall& call);
Result<void> read_messages(const json::Node& node, MessageCall& call);

}  // namespace hearth::api::anthropic
