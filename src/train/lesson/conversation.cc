#include "train/lesson/conversation.h"

#include <algorithm>
#include <array>

#include "json/node.h"
#include "json/parse.h"

namespace hearth::train {

namespace {

using json::Node;

constexpr std::array<std::string_view, 6> kMessageMembers = {
    "role", "content", "tool_calls", "tool_call_id", "name", "reasoning_content"};

Result<std::string> read_text(const Node& node) {
  return std::string(HEARTH_TRY(node.text()));
}

Result<std::string> find_text(const Node& node, std::string_view key) {
  const auto found = node.find(key);
  return found ? read_text(*found) : Result<std::string>(std::string());
}

// Text, or text in parts.
Result<std::string> read_content(const Node& message) {
  const auto content = message.find("content");
  if (!content) return std::string();
  if (!content->is_array()) return read_text(*content);
  std::string all;
  for (const Node& part : HEARTH_TRY(content->elements())) {
    const Node text = HEARTH_TRY(part.require("text"));
    all += HEARTH_TRY(text.text());
  }
  return all;
}

// Arguments are JSON in a text; some write the JSON itself.
Result<chat::ToolCall> read_call(const Node& node) {
  const Node function = HEARTH_TRY(node.require("function"));
  const Node name = HEARTH_TRY(function.require("name"));
  chat::ToolCall call;
  call.id = HEARTH_TRY(find_text(node, "id"));
  call.name = HEARTH_TRY(read_text(name));
  if (const auto arguments = function.find("arguments")) {
    call.arguments = arguments->is_string() ? HEARTH_TRY(read_text(*arguments)) : arguments->json();
  }
  return call;
}

Result<chat::Message> read_message(const Node& node) {
  for (const auto& [key, member] : HEARTH_TRY(node.members())) {
    if (std::find(kMessageMembers.begin(), kMessageMembers.end(), key) == kMessageMembers.end())
      return fail(member.wrong("is not known"));
  }
  const Node role_field = HEARTH_TRY(node.require("role"));
  const std::string_view role_text = HEARTH_TRY(role_field.text());
  const auto role = chat::find_role(role_text);
  if (!role) return fail(role_field.wrong("must be system, user, assistant or tool"));
  chat::Message message;
  message.role = *role;
  message.content = HEARTH_TRY(read_content(node));
  message.thinking = HEARTH_TRY(find_text(node, "reasoning_content"));
  message.tool_call_id = HEARTH_TRY(find_text(node, "tool_call_id"));
  message.tool_name = HEARTH_TRY(find_text(node, "name"));
  if (const auto calls = node.find("tool_calls")) {
    for (const Node& call : HEARTH_TRY(calls->elements()))
      message.tool_calls.push_back(HEARTH_TRY(read_call(call)));
  }
  return message;
}

Result<chat::Tool> read_tool(const Node& node) {
  const auto inner = node.find("function");
  const Node function = inner ? *inner : node;
  const Node name = HEARTH_TRY(function.require("name"));
  chat::Tool tool;
  tool.name = HEARTH_TRY(read_text(name));
  tool.description = HEARTH_TRY(find_text(function, "description"));
  if (const auto parameters = function.find("parameters")) tool.parameters = parameters->json();
  return tool;
}

}  // namespace

Result<chat::Request> read_conversation(std::string_view line) {
  const boost::json::value value = HEARTH_TRY(json::parse(line));
  const Node root(value);
  if (!root.is_object()) return fail(root.wrong("must be an object"));
  chat::Request request;
  const Node messages = HEARTH_TRY(root.require("messages"));
  for (const Node& message : HEARTH_TRY(messages.elements()))
    request.messages.push_back(HEARTH_TRY(read_message(message)));
  if (const auto tools = root.find("tools")) {
    for (const Node& tool : HEARTH_TRY(tools->elements()))
      request.tools.push_back(HEARTH_TRY(read_tool(tool)));
  }
  return request;
}

}  // namespace hearth::train
