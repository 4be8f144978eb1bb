#include "api/anthropic/tool_fields.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/tool_parts.h"

namespace hearth::api::anthropic {

namespace {

using chat::Tool;
using json::Node;
using Kind = chat::ToolChoice::Kind;

// Arguments always are what the schema says, so `strict` asks for nothing more.
Result<Tool> read_tool(const Node& node, MessageCall& call) {
  HEARTH_TRY(check_members(
      node,
      {{"type", "name", "description", "input_schema", "strict"},
       {"allowed_callers", "defer_loading", "eager_input_streaming", "input_examples"}},
      call));
  Tool tool;
  const Node name = HEARTH_TRY(node.require("name"));
  tool.name = HEARTH_TRY(read_tool_name(name));
  if (const auto description = node.find("description")) {
    tool.description = std::string(HEARTH_TRY(description->text()));
  }
  const Node schema = HEARTH_TRY(node.require("input_schema"));
  tool.parameters = HEARTH_TRY(read_tool_schema(schema));
  if (const auto strict = node.find("strict")) HEARTH_TRY(strict->boolean());
  return tool;
}

bool has_tool(const MessageCall& call, std::string_view name) {
  const auto& tools = call.request.tools;
  return std::any_of(tools.begin(), tools.end(),
                     [&](const Tool& tool) { return tool.name == name; });
}

// The type of a tool that no client has described: "web_search_20250305".
Result<std::optional<std::string_view>> find_hosted(const Node& node) {
  const auto type = node.find("type");
  if (!type) return std::optional<std::string_view>();
  const std::string_view word = HEARTH_TRY(type->text());
  if (word == "custom") return std::optional<std::string_view>();
  return std::optional<std::string_view>(word);
}

Result<void> read_parallel(const Node& node, MessageCall& call) {
  const auto one_call = node.find("disable_parallel_tool_use");
  if (!one_call) return {};
  const bool only_one = HEARTH_TRY(one_call->boolean());
  call.request.parallel_tool_calls = !only_one;
  return {};
}

Result<void> read_named(const Node& node, MessageCall& call) {
  const Node name = HEARTH_TRY(node.require("name"));
  const std::string_view wanted = HEARTH_TRY(name.text());
  if (!has_tool(call, wanted)) {
    return fail(name.wrong("is the name of none of the tools that can be called here"));
  }
  call.request.tool_choice = {Kind::kNamed, std::string(wanted)};
  return {};
}

}  // namespace

Result<void> read_tools(const Node& node, MessageCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kToolsMax) {
    return fail(
        node.wrong(fmt::format("has {} tools; the limit is {}", elements.size(), chat::kToolsMax)));
  }
  for (std::size_t place = 0; place < elements.size(); ++place) {
    const Node& element = elements[place];
    HEARTH_TRY(element.members());
    const auto hosted = HEARTH_TRY(find_hosted(element));
    if (hosted) {
      note_ignored(call, fmt::format("tools.{}", *hosted));
      continue;
    }
    Tool tool = HEARTH_TRY(read_tool(element, call));
    if (has_tool(call, tool.name)) {
      return fail(element.wrong(fmt::format("has the name \"{}\", as one before it", tool.name)));
    }
    call.names.tools.push_back(place);
    call.request.tools.push_back(std::move(tool));
  }
  return {};
}

Result<void> read_tool_choice(const Node& node, MessageCall& call) {
  HEARTH_TRY(check_members(node, {{"type", "name", "disable_parallel_tool_use"}}, call));
  HEARTH_TRY(read_parallel(node, call));
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  Kind& kind = call.request.tool_choice.kind;
  if (word == "tool") return read_named(node, call);
  if (word == "auto") {
    kind = Kind::kAuto;
  } else if (word == "none") {
    kind = Kind::kNone;
  } else if (word != "any") {
    return fail(type.wrong("must be \"auto\", \"any\", \"tool\" or \"none\""));
  } else if (call.request.tools.empty()) {
    return fail(type.wrong("is \"any\", but there are no tools that can be called here"));
  } else {
    kind = Kind::kRequired;
  }
  return {};
}

}  // namespace hearth::api::anthropic
