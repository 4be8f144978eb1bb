#include "api/openai/response_tools.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/tool_parts.h"
#include "api/openai/tool_fields.h"

namespace hearth::api::openai {

namespace {

using chat::Tool;
using json::Node;
using Kind = chat::ToolChoice::Kind;

constexpr std::size_t kShownBytes = 64;
// Some are followed by a date: "web_search_2025_08_26".
constexpr std::string_view kHosted[] = {
    "web_search",
    "file_search",
    "code_interpreter",
    "image_generation",
    "computer",
    "mcp",
    "local_shell",
    "shell",
    "apply_patch",
    "tool_search",
    // Of ours, but of no JSON: a text in a grammar, and tools in groups. Codex sends both.
    "custom",
    "namespace",
};

std::optional<std::string_view> find_hosted(std::string_view type) {
  for (const std::string_view hosted : kHosted) {
    if (type.starts_with(hosted)) return hosted;
  }
  return std::nullopt;
}

// Arguments always are what the schema says, so `strict` asks for nothing more.
Result<std::optional<Tool>> read_tool(const Node& node, ChatCall& call) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (const auto hosted = find_hosted(word)) {
    note_ignored(call, fmt::format("tools.{}", *hosted));
    return std::optional<Tool>();
  }
  if (word != "function") return fail(type.wrong("is supported as \"function\" only"));
  HEARTH_TRY(check_members(node, {"type", "name", "description", "parameters", "strict"}));
  Tool tool;
  const Node name = HEARTH_TRY(node.require("name"));
  tool.name = HEARTH_TRY(read_tool_name(name));
  if (const auto description = node.find("description")) {
    tool.description = std::string(HEARTH_TRY(description->text()));
  }
  if (const auto parameters = node.find("parameters")) {
    tool.parameters = HEARTH_TRY(read_tool_schema(*parameters));
  }
  if (const auto strict = node.find("strict")) HEARTH_TRY(strict->boolean());
  return std::optional(std::move(tool));
}

// {"type":"function","name":…}, of a tool that is there.
Result<const Tool*> read_reference(const Node& node, const ChatCall& call) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word != "function") {
    return fail(type.wrong(fmt::format("is \"{}\"; only a \"function\" can be called here",
                                       word.substr(0, kShownBytes))));
  }
  HEARTH_TRY(check_members(node, {"type", "name"}));
  const Node name = HEARTH_TRY(node.require("name"));
  const std::string_view wanted = HEARTH_TRY(name.text());
  const Tool* tool = find_tool(call, wanted);
  if (tool == nullptr) return fail(name.wrong("is the name of none of the tools"));
  return tool;
}

}  // namespace

Result<void> read_response_tools(const Node& node, ChatCall& call) {
  return read_each_tool(node, read_tool, call);
}

Result<void> read_response_tool_choice(const Node& node, ChatCall& call) {
  if (!node.is_object()) return read_choice_word(node, call);
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word == "allowed_tools") {
    HEARTH_TRY(check_members(node, {"type", "mode", "tools"}));
    return read_allowed_tools(node, read_reference, call);
  }
  const Tool* tool = HEARTH_TRY(read_reference(node, call));
  call.request.tool_choice = {Kind::kNamed, tool->name};
  return {};
}

}  // namespace hearth::api::openai
