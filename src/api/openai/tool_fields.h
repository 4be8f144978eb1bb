// What a model may call, and whether it must: `tools` and `tool_choice`.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  chat::kToolsMax, and those of core/tool_parts.h.
// Threads: pure.
#pragma once

#include <optional>
#include <string_view>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "json/node.h"

namespace hearth::api::openai {

Result<void> read_tools(const json::Node& node, ChatCall& call);
// REQUIRES: the tools were read. A choice among some of them leaves the others out.
Result<void> read_tool_choice(const json::Node& node, ChatCall& call);

// The same of other shapes: of a tool, nothing where it is left out, and of a tool that is meant.
using ToolReader = Result<std::optional<chat::Tool>> (*)(const json::Node& node, ChatCall& call);
using ReferenceReader = Result<const chat::Tool*> (*)(const json::Node& node, const ChatCall& call);
Result<void> read_each_tool(const json::Node& node, ToolReader read_tool, ChatCall& call);
// The members mode and tools. Leaves the other tools out.
Result<void> read_allowed_tools(const json::Node& node, ReferenceReader read_reference,
                                ChatCall& call);
// "auto", "none" or "required".
Result<void> read_choice_word(const json::Node& node, ChatCall& call);
// Null where there is none of this name.
const chat::Tool* find_tool(const ChatCall& call, std::string_view name);

}  // namespace hearth::api::openai
