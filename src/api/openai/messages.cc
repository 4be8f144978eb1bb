#include "api/openai/messages.h"

#include <algorithm>

#include <fmt/format.h>

namespace hearth::api::openai {

namespace {

constexpr std::size_t kShownBytes = 64;
// What clients send back from earlier answers, and what no local model reads.
constexpr std::string_view kIgnored[] = {"name", "tool_call_id", "reasoning_content", "refusal",
                                         "annotations"};

Result<chat::Role> read_role(const json::Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (const auto role = chat::find_role(name)) return *role;
  return fail(
      node.wrong(fmt::format("is \"{}\"; it must be system, developer, user, assistant or tool",
                             name.substr(0, kShownBytes))));
}

Result<std::string_view> read_part(const json::Node& part) {
  const json::Node type = HEARTH_TRY(part.require("type"));
  const std::string_view name = HEARTH_TRY(type.text());
  if (name != "text") {
    return fail(type.wrong(
        fmt::format("is \"{}\"; only \"text\" parts are supported", name.substr(0, kShownBytes))));
  }
  for (const auto& [key, value] : HEARTH_TRY(part.members())) {
    if (key != "type" && key != "text" && key != "cache_control") {
      return fail(value.wrong("is not supported"));
    }
  }
  const json::Node text = HEARTH_TRY(part.require("text"));
  return text.text();
}

Result<std::string> read_content(const json::Node& node) {
  if (!node.is_array()) {
    if (node.is_string()) return std::string(HEARTH_TRY(node.text()));
    return fail(node.wrong("must be a string or an array of parts"));
  }
  std::string content;
  for (const json::Node& part : HEARTH_TRY(node.elements()))
    content += HEARTH_TRY(read_part(part));
  return content;
}

Result<void> check_other(std::string_view key, const json::Node& value, ChatCall& call) {
  if (key == "role" || key == "content" || value.is_null()) return {};
  if (std::find(std::begin(kIgnored), std::end(kIgnored), key) != std::end(kIgnored)) {
    note_ignored(call, fmt::format("messages.{}", key));
    return {};
  }
  if (key == "tool_calls" && value.is_array() && HEARTH_TRY(value.elements()).empty()) return {};
  return fail(value.wrong("is not supported"));
}

Result<chat::Message> read_message(const json::Node& node, ChatCall& call) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    HEARTH_TRY(check_other(key, value, call));
  }
  chat::Message message;
  const json::Node role = HEARTH_TRY(node.require("role"));
  message.role = HEARTH_TRY(read_role(role));
  const json::Node content = HEARTH_TRY(node.require("content"));
  message.content = HEARTH_TRY(read_content(content));
  return message;
}

}  // namespace

void note_ignored(ChatCall& call, std::string_view name) {
  if (std::find(call.ignored.begin(), call.ignored.end(), name) == call.ignored.end()) {
    call.ignored.emplace_back(name);
  }
}

Result<void> read_messages(const json::Node& node, ChatCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(node.wrong("must have at least one message"));
  if (elements.size() > kMessagesMax) {
    return fail(
        node.wrong(fmt::format("has {} messages; the limit is {}", elements.size(), kMessagesMax)));
  }
  for (const json::Node& element : elements) {
    call.request.messages.push_back(HEARTH_TRY(read_message(element, call)));
  }
  return {};
}

}  // namespace hearth::api::openai
