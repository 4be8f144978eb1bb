// The items of a response: what is said to a model, and what it has said earlier, becomes messages
// of a conversation. What an assistant thought, said and called one after another is one message.
//
// Errors:  kInvalidArgument with the path of the field: "input[2].content[0].type".
// Limits:  kMessagesMax items, and those of past_calls.h.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

// Adds what an array of items says to `messages`; what has no effect is named in the call.
Result<void> read_items(const json::Node& node, std::vector<chat::Message>& messages,
                        ChatCall& call);

// `input` as it is listed later: a text is a message, and each item has an id. They begin with
// `id_stem`. REQUIRES: it was read without an error.
std::string listed_items(const json::Node& input, std::string_view id_stem);

}  // namespace hearth::api::openai
