#include "api/ollama/message_fields.h"

#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "api/openai/past_calls.h"

namespace hearth::api::ollama {

namespace {

using chat::Message;
using chat::Role;
using json::Node;

constexpr std::size_t kShownBytes = 64;

Result<Role> read_role(const Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (const auto role = chat::find_role(name)) return *role;
  return fail(node.wrong(fmt::format("is \"{}\"; it must be system, user, assistant or tool",
                                     name.substr(0, kShownBytes))));
}

Result<void> read_of_assistant(std::string_view key, const Node& value, Message& message,
                               Ask& ask) {
  if (message.role != Role::kAssistant) {
    const bool is_empty =
        value.is_array() ? HEARTH_TRY(value.elements()).empty() : HEARTH_TRY(value.text()).empty();
    return is_empty ? Result<void>()
                    : Result<void>(fail(value.wrong("belongs to an assistant's message")));
  }
  if (key == "thinking") {
    message.thinking = std::string(HEARTH_TRY(value.text()));
  } else {
    message.tool_calls = HEARTH_TRY(openai::read_past_calls(value, ask.call));
  }
  return {};
}

Result<void> read_of_tool(std::string_view key, const Node& value, Message& message, Ask& ask) {
  std::string name = HEARTH_TRY(openai::read_call_id(value));
  if (message.role != Role::kTool) {
    openai::note_ignored(ask.call, fmt::format("messages.{}", key));
  } else {
    (key == "tool_call_id" ? message.tool_call_id : message.tool_name) = std::move(name);
  }
  return {};
}

Result<void> read_member(std::string_view key, const Node& value, Message& message, Ask& ask) {
  if (key == "content") {
    message.content = std::string(HEARTH_TRY(value.text()));
    return {};
  }
  if (key == "images") return take_no_images(value);
  if (key == "thinking" || key == "tool_calls") {
    return read_of_assistant(key, value, message, ask);
  }
  if (key == "tool_name" || key == "name" || key == "tool_call_id") {
    return read_of_tool(key, value, message, ask);
  }
  return fail(value.wrong("is not supported"));
}

Result<Message> read_message(const Node& node, Ask& ask) {
  Message message;
  HEARTH_TRY(node.members());
  const Node role = HEARTH_TRY(node.require("role"));
  message.role = HEARTH_TRY(read_role(role));
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (key == "role" || value.is_null()) continue;
    HEARTH_TRY(read_member(key, value, message, ask));
  }
  return message;
}

}  // namespace

Result<void> read_messages(const Node& node, Ask& ask) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > openai::kMessagesMax) {
    return fail(node.wrong(
        fmt::format("has {} messages; the limit is {}", elements.size(), openai::kMessagesMax)));
  }
  chat::Request& request = ask.call.request;
  for (const Node& element : elements)
    request.messages.push_back(HEARTH_TRY(read_message(element, ask)));
  if (request.messages.empty()) return {};
  const Message& last = request.messages.back();
  request.continue_last = last.role == Role::kAssistant && last.tool_calls.empty();
  return {};
}

}  // namespace hearth::api::ollama
