// What the readers of many fields have in common.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Threads: pure.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

// An object with no other members than these; a null one counts as none.
Result<void> check_members(const json::Node& node, std::initializer_list<std::string_view> known);
// Of 1 to `bytes_max` bytes.
Result<std::string_view> read_text(const json::Node& node, std::size_t bytes_max);
// What a client calls a model.
Result<std::string> read_model_name(const json::Node& node);
// Remembers a field that has no effect, once.
void note_ignored(ChatCall& call, std::string_view name);

}  // namespace hearth::api::openai
