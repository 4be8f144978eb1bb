#include "api/openai/tool_fields.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/tool_parts.h"

namespace hearth::api::openai {

namespace {

using chat::Tool;
using json::Node;
using Kind = chat::ToolChoice::Kind;

// OpenAI has other types, whose insides are free text; no local model is taught those.
Result<Node> read_function(const Node& node) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word != "function") return fail(type.wrong("is supported as \"function\" only"));
  return node.require("function");
}

// Arguments always are what the schema says, so `strict` asks for nothing more.
Result<std::optional<Tool>> read_tool(const Node& node, ChatCall& call) {
  HEARTH_TRY(check_members(node, {"type", "function", "cache_control"}));
  if (node.find("cache_control")) note_ignored(call, "tools.cache_control");
  const Node function = HEARTH_TRY(read_function(node));
  HEARTH_TRY(check_members(function, {"name", "description", "parameters", "strict"}));
  Tool tool;
  const Node name = HEARTH_TRY(function.require("name"));
  tool.name = HEARTH_TRY(read_tool_name(name));
  if (const auto description = function.find("description")) {
    tool.description = std::string(HEARTH_TRY(description->text()));
  }
  if (const auto parameters = function.find("parameters")) {
    tool.parameters = HEARTH_TRY(read_tool_schema(*parameters));
  }
  if (const auto strict = function.find("strict")) HEARTH_TRY(strict->boolean());
  return std::optional(std::move(tool));
}

// {"type":"function","function":{"name":…}}, of a tool that is there.
Result<const Tool*> read_reference(const Node& node, const ChatCall& call) {
  HEARTH_TRY(check_members(node, {"type", "function"}));
  const Node function = HEARTH_TRY(read_function(node));
  HEARTH_TRY(check_members(function, {"name"}));
  const Node name = HEARTH_TRY(function.require("name"));
  const std::string_view wanted = HEARTH_TRY(name.text());
  const Tool* tool = find_tool(call, wanted);
  if (tool == nullptr) return fail(name.wrong("is the name of none of the tools"));
  return tool;
}

Result<Kind> read_mode(const Node& node) {
  const std::string_view mode = HEARTH_TRY(node.text());
  if (mode == "auto") return Kind::kAuto;
  if (mode == "required") return Kind::kRequired;
  return fail(node.wrong("must be \"auto\" or \"required\""));
}

Result<void> read_choice_object(const Node& node, ChatCall& call) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word == "function") {
    const Tool* tool = HEARTH_TRY(read_reference(node, call));
    call.request.tool_choice = {Kind::kNamed, tool->name};
    return {};
  }
  if (word != "allowed_tools") {
    return fail(type.wrong("must be \"function\" or \"allowed_tools\""));
  }
  HEARTH_TRY(check_members(node, {"type", "allowed_tools"}));
  const Node allowed = HEARTH_TRY(node.require("allowed_tools"));
  HEARTH_TRY(check_members(allowed, {"mode", "tools"}));
  return read_allowed_tools(allowed, read_reference, call);
}

}  // namespace

const Tool* find_tool(const ChatCall& call, std::string_view name) {
  const auto& tools = call.request.tools;
  const auto found =
      std::find_if(tools.begin(), tools.end(), [&](const Tool& tool) { return tool.name == name; });
  return found == tools.end() ? nullptr : &*found;
}

Result<void> read_allowed_tools(const Node& node, ReferenceReader read_reference, ChatCall& call) {
  const Node mode = HEARTH_TRY(node.require("mode"));
  call.request.tool_choice.kind = HEARTH_TRY(read_mode(mode));
  const Node list = HEARTH_TRY(node.require("tools"));
  std::vector<const Tool*> allowed;
  for (const Node& one : HEARTH_TRY(list.elements())) {
    allowed.push_back(HEARTH_TRY(read_reference(one, call)));
  }
  if (allowed.empty()) return fail(list.wrong("must name at least one tool"));
  std::vector<Tool> left;
  std::vector<std::size_t> places;
  for (const Tool& tool : call.request.tools) {
    if (std::find(allowed.begin(), allowed.end(), &tool) == allowed.end()) continue;
    left.push_back(tool);
    places.push_back(call.names.tools[static_cast<std::size_t>(&tool - call.request.tools.data())]);
  }
  call.request.tools = std::move(left);
  call.names.tools = std::move(places);
  return {};
}

Result<void> read_choice_word(const Node& node, ChatCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  Kind& kind = call.request.tool_choice.kind;
  if (word == "auto") {
    kind = Kind::kAuto;
  } else if (word == "none") {
    kind = Kind::kNone;
  } else if (word != "required") {
    return fail(node.wrong("must be \"auto\", \"none\", \"required\" or an object"));
  } else if (call.request.tools.empty()) {
    return fail(node.wrong("is \"required\", but there are no tools"));
  } else {
    kind = Kind::kRequired;
  }
  return {};
}

Result<void> read_each_tool(const Node& node, ToolReader read_tool, ChatCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kToolsMax) {
    return fail(
        node.wrong(fmt::format("has {} tools; the limit is {}", elements.size(), chat::kToolsMax)));
  }
  for (std::size_t place = 0; place < elements.size(); ++place) {
    const Node& element = elements[place];
    auto tool = HEARTH_TRY(read_tool(element, call));
    if (!tool) continue;
    if (find_tool(call, tool->name) != nullptr) {
      return fail(element.wrong(fmt::format("has the name \"{}\", as one before it", tool->name)));
    }
    call.names.tools.push_back(place);
    call.request.tools.push_back(std::move(*tool));
  }
  return {};
}

Result<void> read_tools(const Node& node, ChatCall& call) {
  return read_each_tool(node, read_tool, call);
}

Result<void> read_tool_choice(const Node& node, ChatCall& call) {
  return node.is_object() ? read_choice_object(node, call) : read_choice_word(node, call);
}

}  // namespace hearth::api::openai
