#include "api/anthropic/content_blocks.h"

#include <utility>

#include <fmt/format.h>

#include "api/anthropic/block_text.h"
#include "api/core/field_checks.h"

namespace hearth::api::anthropic {

namespace {

using chat::Message;
using chat::Role;
using json::Node;

constexpr std::size_t kToolNameBytesMax = 256;
// Claude Code puts a line at the head of `system` that changes with every request; with it no two
// prompts would begin alike.
constexpr std::string_view kBillingLine = "x-anthropic-billing-header:";
constexpr std::string_view kFailed = "Error: ";

Result<Role> read_role(const Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  if (name == "user") return Role::kUser;
  if (name == "assistant") return Role::kAssistant;
  if (name == "system") return Role::kSystem;
  return fail(node.wrong("must be \"user\", \"assistant\" or \"system\""));
}

// The message that more of this role belongs to. Where a turn has begun, it is the last one.
Message& open_message(Role role, MessageCall& call) {
  std::vector<Message>& messages = call.request.messages;
  if (messages.empty() || messages.back().role != role) messages.push_back({role, {}});
  return messages.back();
}

// What an assistant wrote in several blocks was one text; what others send in several was not.
void add_text(Message& message, std::string_view text) {
  if (message.role == Role::kAssistant) {
    message.content += text;
  } else {
    add_line(message.content, text);
  }
}

Result<void> read_thinking(const Node& block, MessageCall& call) {
  HEARTH_TRY(check_members(block, {{"type", "thinking", "signature"}}, call));
  const Node thinking = HEARTH_TRY(block.require("thinking"));
  open_message(Role::kAssistant, call).thinking += HEARTH_TRY(thinking.text());
  return {};
}

Result<std::string> read_id(const Node& block, std::string_view key) {
  const Node id = HEARTH_TRY(block.require(key));
  return std::string(HEARTH_TRY(read_text(id, kToolUseIdBytesMax)));
}

// Names are not checked against the tools: models call what is not there, and are told so.
Result<void> read_tool_use(const Node& block, MessageCall& call) {
  HEARTH_TRY(
      check_members(block, {{"type", "id", "name", "input"}, {"caller", "toolset_name"}}, call));
  chat::ToolCall past;
  past.id = HEARTH_TRY(read_id(block, "id"));
  const Node name = HEARTH_TRY(block.require("name"));
  past.name = std::string(HEARTH_TRY(read_text(name, kToolNameBytesMax)));
  const Node input = HEARTH_TRY(block.require("input"));
  HEARTH_TRY(input.members());
  past.arguments = input.json();
  Message& message = open_message(Role::kAssistant, call);
  if (message.tool_calls.size() >= chat::kToolsMax) {
    return fail(block.wrong(fmt::format("is one call too many; the limit is {}", chat::kToolsMax)));
  }
  message.tool_calls.push_back(std::move(past));
  return {};
}

// Some templates want to know whose result it is.
std::string called_tool(const std::vector<Message>& messages, std::string_view id) {
  for (auto message = messages.rbegin(); message != messages.rend(); ++message) {
    for (const chat::ToolCall& past : message->tool_calls) {
      if (past.id == id) return past.name;
    }
  }
  return {};
}

Result<void> read_tool_result(const Node& block, MessageCall& call) {
  HEARTH_TRY(check_members(
      block, {{"type", "tool_use_id", "content", "is_error"}, {"toolset_name"}}, call));
  Message message{Role::kTool, {}};
  message.tool_call_id = HEARTH_TRY(read_id(block, "tool_use_id"));
  message.tool_name = called_tool(call.request.messages, message.tool_call_id);
  const auto failed = block.find("is_error");
  if (failed && HEARTH_TRY(failed->boolean())) message.content = kFailed;
  if (const auto content = block.find("content")) {
    message.content += HEARTH_TRY(read_text_blocks(*content, call));
  }
  call.request.messages.push_back(std::move(message));
  return {};
}

Result<void> read_block(const Node& block, Role role, MessageCall& call) {
  const auto text = HEARTH_TRY(read_block_text(block, call));
  if (text) {
    add_text(open_message(role, call), *text);
    return {};
  }
  const std::string_view type = HEARTH_TRY(read_block_type(block));
  if (type == "thinking" || type == "tool_use") {
    if (role != Role::kAssistant) return fail(block.wrong("belongs to an assistant's message"));
    return type == "thinking" ? read_thinking(block, call) : read_tool_use(block, call);
  }
  if (type != "tool_result") return leave_out(block, call);
  if (role != Role::kUser) return fail(block.wrong("belongs to a user's message"));
  return read_tool_result(block, call);
}

Result<void> read_message(const Node& node, MessageCall& call) {
  HEARTH_TRY(check_members(node, {{"role", "content"}}, call));
  const Node role_node = HEARTH_TRY(node.require("role"));
  const Role role = HEARTH_TRY(read_role(role_node));
  const Node content = HEARTH_TRY(node.require("content"));
  if (content.is_string()) {
    add_text(open_message(role, call), HEARTH_TRY(content.text()));
    return {};
  }
  if (!content.is_array()) return fail(content.wrong("must be a string or an array of blocks"));
  for (const Node& block : HEARTH_TRY(content.elements()))
    HEARTH_TRY(read_block(block, role, call));
  return {};
}

bool says_nothing(const Message& message) {
  return message.content.empty() && message.thinking.empty() && message.tool_calls.empty();
}

// Its first line may say who pays, differently each time: that is no business of the model, and
// would keep its prompt from being the one that it has computed before.
void add_system_text(std::string_view text, MessageCall& call) {
  if (text.starts_with(kBillingLine)) {
    note_ignored(call, "system.x-anthropic-billing-header");
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  if (!text.empty()) add_text(open_message(Role::kSystem, call), text);
}

Result<void> add_system(const Node& block, MessageCall& call) {
  const auto text = HEARTH_TRY(read_block_text(block, call));
  if (!text) return leave_out(block, call);
  add_system_text(*text, call);
  return {};
}

}  // namespace

Result<void> read_system(const Node& node, MessageCall& call) {
  if (node.is_array()) {
    for (const Node& block : HEARTH_TRY(node.elements()))
      HEARTH_TRY(add_system(block, call));
    return {};
  }
  if (!node.is_string()) return fail(node.wrong("must be a string or an array of blocks"));
  const std::string_view text = HEARTH_TRY(node.text());
  add_system_text(text, call);
  return {};
}

Result<void> read_messages(const Node& node, MessageCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.empty()) return fail(node.wrong("must have at least one message"));
  if (elements.size() > kMessagesMax) {
    return fail(
        node.wrong(fmt::format("has {} messages; the limit is {}", elements.size(), kMessagesMax)));
  }
  const std::size_t before = call.request.messages.size();
  for (const Node& element : elements)
    HEARTH_TRY(read_message(element, call));
  std::vector<Message>& messages = call.request.messages;
  // The beginning of an answer that is empty begins nothing.
  const bool empty_begin = !messages.empty() && messages.back().role == Role::kAssistant &&
                           says_nothing(messages.back());
  if (empty_begin) messages.pop_back();
  if (messages.size() <= before) {
    return fail(node.wrong("must have at least one message that says something"));
  }
  call.request.continue_last =
      messages.back().role == Role::kAssistant && messages.back().tool_calls.empty();
  return {};
}

}  // namespace hearth::api::anthropic
