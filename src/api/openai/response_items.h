// The items of a response: what is said to a model, and what it has said earlier, becomes messages
// of a conversation. What an assistant thought, said and called one after another is one message.
//
// Errors:  kInvalidArgument with the path of the field: "input[2].content[0].type".
// Limits:  kMessagesMax items, and those of past_calls.h.
// Threads: pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

// Items that are only named, {"type":"item_reference","id":…}, as JSON by their id.
using NamedItems = std::map<std::string, std::string, std::less<>>;

// Adds what an array of items says to `messages`; what has no effect is named in the call.
Result<void> read_items(const json::Node& node, const NamedItems& named,
                        std::vector<chat::Message>& messages, ChatCall& call);

// `input` as it is listed later: a text is a message, a named item is itself, and each has an id.
// Those that are new begin with `id_stem`. REQUIRES: it was read without an error.
std::string listed_items(const json::Node& input, const NamedItems& named,
                         std::string_view id_stem);

// The ids of the items that `input` names; empty where it is something else than items.
std::vector<std::string> names_of_items(const json::Node& input);

}  // namespace hearth::api::openai
