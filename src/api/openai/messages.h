// The `messages` of a chat request: roles, and content as text or as parts of text.
//
// Errors:  kInvalidArgument with the path of the field: "messages[2].content[0].type".
// Threads: pure.
#pragma once

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

Result<void> read_messages(const json::Node& node, ChatCall& call);
// Remembers a field that has no effect, once.
void note_ignored(ChatCall& call, std::string_view name);

}  // namespace hearth::api::openai
