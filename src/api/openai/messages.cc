#include "api/openai/messages.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/openai/past_calls.h"

namespace hearth::api::openai {

namespace {

using chat::Message;
using chat::Role;
using json::Node;

constexpr std::size_t kShownBytes = 64;
// What clients send back from earlier answers, and what no local model reads.
constexpr std::string_view kIgnored[] = {"name", "tool_call_id", "refusal", "annotations"};

Result<Role> read_role(const Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (const auto role = chat::find_role(name)) return *role;
  return fail(
      node.wrong(fmt::format("is \"{}\"; it must be system, developer, user, assistant or tool",
                             name.substr(0, kShownBytes))));
}

// {"type":"text","text":…}, and of an assistant {"type":"thinking","thinking":…} or
// {"type":"reasoning","text":…}.
Result<void> read_part(const Node& part, Message& message) {
  const Node type = HEARTH_TRY(part.require("type"));
  const std::string_view name = HEARTH_TRY(type.text());
  const bool thinks =
      message.role == Role::kAssistant && (name == "thinking" || name == "reasoning");
  if (name != "text" && !thinks) {
    return fail(type.wrong(
        fmt::format("is \"{}\"; only \"text\" parts are supported", name.substr(0, kShownBytes))));
  }
  const std::string_view key = name == "thinking" ? "thinking" : "text";
  HEARTH_TRY(check_members(part, {"type", key, "cache_control"}));
  const Node text = HEARTH_TRY(part.require(key));
  (thinks ? message.thinking : message.content) += HEARTH_TRY(text.text());
  return {};
}

Result<void> read_content(const Node& node, Message& message) {
  if (node.is_array()) {
    for (const Node& part : HEARTH_TRY(node.elements()))
      HEARTH_TRY(read_part(part, message));
    return {};
  }
  if (!node.is_string()) return fail(node.wrong("must be a string or an array of parts"));
  message.content = std::string(HEARTH_TRY(node.text()));
  return {};
}

// Two names for one thing: some servers send both, and clients send both back.
Result<void> read_thinking_text(const Node& node, Message& message) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (!message.thinking.empty() && message.thinking != text) {
    return fail(node.wrong("contradicts what else says what the assistant thought"));
  }
  message.thinking = std::string(text);
  return {};
}

Result<void> read_of_assistant(std::string_view key, const Node& value, Message& message,
                               ChatCall& call) {
  if (key == "tool_calls") {
    message.tool_calls = HEARTH_TRY(read_past_calls(value, call));
    return {};
  }
  return read_thinking_text(value, message);
}

Result<void> read_of_tool(std::string_view key, const Node& value, Message& message) {
  std::string& member = key == "name" ? message.tool_name : message.tool_call_id;
  member = HEARTH_TRY(read_call_id(value));
  return {};
}

// Everything but role and content.
Result<void> read_other(std::string_view key, const Node& value, Message& message, ChatCall& call) {
  const bool of_assistant = key == "tool_calls" || key == "reasoning_content" || key == "reasoning";
  if (of_assistant && message.role == Role::kAssistant) {
    return read_of_assistant(key, value, message, call);
  }
  const bool is_empty = value.is_array() && HEARTH_TRY(value.elements()).empty();
  if (key == "tool_calls" && is_empty) return {};
  if (of_assistant) return fail(value.wrong("belongs to an assistant's message"));
  const bool of_tool = key == "tool_call_id" || key == "name";
  if (of_tool && message.role == Role::kTool) return read_of_tool(key, value, message);
  if (std::find(std::begin(kIgnored), std::end(kIgnored), key) == std::end(kIgnored)) {
    return fail(value.wrong("is not supported"));
  }
  note_ignored(call, fmt::format("messages.{}", key));
  return {};
}

Result<Message> read_message(const Node& node, ChatCall& call) {
  Message message;
  const Node role = HEARTH_TRY(node.require("role"));
  message.role = HEARTH_TRY(read_role(role));
  if (const auto content = node.find("content")) HEARTH_TRY(read_content(*content, message));
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (key == "role" || key == "content" || value.is_null()) continue;
    HEARTH_TRY(read_other(key, value, message, call));
  }
  const bool says_something = !message.tool_calls.empty() || !message.thinking.empty();
  if (!says_something) HEARTH_TRY(node.require("content"));
  return message;
}

bool can_go_on(const std::vector<Message>& messages) {
  return messages.back().role == Role::kAssistant && messages.back().tool_calls.empty();
}

}  // namespace

Result<void> read_messages(const Node& node, ChatCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(node.wrong("must have at least one message"));
  if (elements.size() > kMessagesMax) {
    return fail(
        node.wrong(fmt::format("has {} messages; the limit is {}", elements.size(), kMessagesMax)));
  }
  for (const Node& element : elements) {
    call.request.messages.push_back(HEARTH_TRY(read_message(element, call)));
  }
  call.request.continue_last = can_go_on(call.request.messages);
  return {};
}

Result<void> read_continuation(const Node& node, ChatCall& call) {
  const bool wanted = HEARTH_TRY(node.boolean());
  if (wanted && !can_go_on(call.request.messages)) {
    return fail(node.wrong("needs an assistant's message without tool calls at the end"));
  }
  call.request.continue_last = wanted;
  return {};
}

}  // namespace hearth::api::openai
