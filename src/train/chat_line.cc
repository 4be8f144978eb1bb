#include "train/chat_line.h"

#include "json/node.h"
#include "json/parse.h"

namespace hearth::train {

namespace {

using json::Node;

// The text at `key`, or what is there as JSON; empty for nothing.
Result<std::string> read_any(const Node& node, std::string_view key) {
  const auto value = node.find(key);
  if (!value) return std::string();
  if (!value->is_string()) return value->json();
  return std::string(HEARTH_TRY(value->text()));
}

Result<std::string> read_text(const Node& node, std::string_view key) {
  const auto value = node.find(key);
  if (!value) return std::string();
  return std::string(HEARTH_TRY(value->text()));
}

Node inside_function(const Node& node) {
  return node.find("function").value_or(node);
}

Result<chat::ToolCall> read_call(const Node& node) {
  const Node function = inside_function(node);
  chat::ToolCall call;
  call.id = HEARTH_TRY(read_text(node, "id"));
  const Node name = HEARTH_TRY(function.require("name"));
  call.name = std::string(HEARTH_TRY(name.text()));
  call.arguments = HEARTH_TRY(read_any(function, "arguments"));
  if (call.arguments.empty()) call.arguments = "{}";
  return call;
}

Result<chat::Message> read_message(const Node& node) {
  const Node role = HEARTH_TRY(node.require("role"));
  const auto known = chat::find_role(HEARTH_TRY(role.text()));
  if (!known) return fail(role.wrong("must be system, user, assistant or tool"));
  chat::Message message{.role = *known, .content = {}};
  message.content = HEARTH_TRY(read_text(node, "content"));
  message.tool_call_id = HEARTH_TRY(read_text(node, "tool_call_id"));
  message.tool_name = HEARTH_TRY(read_text(node, "name"));
  if (const auto calls = node.find("tool_calls")) {
    for (const Node& call : HEARTH_TRY(calls->elements()))
      message.tool_calls.push_back(HEARTH_TRY(read_call(call)));
  }
  return message;
}

Result<chat::Tool> read_tool(const Node& node) {
  const Node function = inside_function(node);
  chat::Tool tool;
  const Node name = HEARTH_TRY(function.require("name"));
  tool.name = std::string(HEARTH_TRY(name.text()));
  tool.description = HEARTH_TRY(read_text(function, "description"));
  tool.parameters = HEARTH_TRY(read_any(function, "parameters"));
  return tool;
}

}  // namespace

Result<chat::Request> read_chat_line(std::string_view line) {
  const auto value = HEARTH_TRY(json::parse(line));
  const Node node(value);
  if (!node.is_object()) return fail(node.wrong("must be an object"));
  chat::Request request;
  const Node messages = HEARTH_TRY(node.require("messages"));
  for (const Node& message : HEARTH_TRY(messages.elements()))
    request.messages.push_back(HEARTH_TRY(read_message(message)));
  if (request.messages.empty()) return fail(messages.wrong("must not be empty"));
  if (const auto tools = node.find("tools")) {
    for (const Node& tool : HEARTH_TRY(tools->elements()))
      request.tools.push_back(HEARTH_TRY(read_tool(tool)));
  }
  return request;
}

}  // namespace hearth::train
