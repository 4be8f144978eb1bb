#include "api/openai/response_items.h"

#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/openai/past_calls.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::api::openai {

namespace {

using chat::Message;
using chat::Role;
using json::Node;
using Messages = std::vector<Message>;

constexpr std::size_t kShownBytes = 64;
constexpr std::string_view kReference = "item_reference";

// The assistant's message that goes on: one is whole when it has said or called something.
Message& assistant_message(Messages& messages) {
  const bool fits = !messages.empty() && messages.back().role == Role::kAssistant &&
                    messages.back().tool_calls.empty() && messages.back().content.empty();
  if (!fits) messages.push_back(Message{.role = Role::kAssistant, .content = {}});
  return messages.back();
}

bool is_text_part(std::string_view type) {
  return type == "input_text" || type == "output_text" || type == "text" ||
         type == "summary_text" || type == "reasoning_text";
}

Result<std::string> read_part(const Node& part) {
  const Node type = HEARTH_TRY(part.require("type"));
  const std::string_view name = HEARTH_TRY(type.text());
  const bool is_refusal = name == "refusal";
  if (!is_refusal && !is_text_part(name)) {
    return fail(type.wrong(
        fmt::format("is \"{}\"; no model sees or hears here yet, so send \"input_text\" parts only",
                    name.substr(0, kShownBytes))));
  }
  const std::string_view key = is_refusal ? "refusal" : "text";
  HEARTH_TRY(check_members(part, {"type", key, "annotations", "logprobs"}));
  const Node text = HEARTH_TRY(part.require(key));
  return std::string(HEARTH_TRY(text.text()));
}

// A text, or an array of parts of one.
Result<std::string> read_content(const Node& node) {
  if (node.is_string()) return std::string(HEARTH_TRY(node.text()));
  if (!node.is_array()) return fail(node.wrong("must be a string or an array of parts"));
  std::string content;
  for (const Node& part : HEARTH_TRY(node.elements()))
    content += HEARTH_TRY(read_part(part));
  return content;
}

Result<Role> read_role(const Node& node) {
  const std::string_view name = HEARTH_TRY(node.text());
  const auto role = chat::find_role(name);
  if (role && *role != Role::kTool) return *role;
  return fail(node.wrong(fmt::format("is \"{}\"; it must be user, assistant, system or developer",
                                     name.substr(0, kShownBytes))));
}

Result<void> read_message(const Node& node, Messages& messages, ChatCall& /*call*/) {
  HEARTH_TRY(check_members(node, {"type", "id", "role", "status", "content", "phase"}));
  const Node role_node = HEARTH_TRY(node.require("role"));
  const Role role = HEARTH_TRY(read_role(role_node));
  const Node content_node = HEARTH_TRY(node.require("content"));
  std::string content = HEARTH_TRY(read_content(content_node));
  if (role == Role::kAssistant) {
    assistant_message(messages).content = std::move(content);
  } else {
    messages.push_back(Message{.role = role, .content = std::move(content)});
  }
  return {};
}

// Models call what is not there, so the name is not checked against the tools.
Result<void> read_call(const Node& node, Messages& messages, ChatCall& /*call*/) {
  HEARTH_TRY(check_members(node, {"type", "id", "call_id", "name", "arguments", "status"}));
  chat::ToolCall call;
  const Node id = HEARTH_TRY(node.require("call_id"));
  call.id = HEARTH_TRY(read_call_id(id));
  const Node name = HEARTH_TRY(node.require("name"));
  call.name = std::string(HEARTH_TRY(read_text(name, kCallNameBytesMax)));
  const Node arguments = HEARTH_TRY(node.require("arguments"));
  call.arguments = std::string(HEARTH_TRY(arguments.text()));
  if (call.arguments.empty()) call.arguments = "{}";
  const bool goes_on = !messages.empty() && messages.back().role == Role::kAssistant;
  if (!goes_on) messages.push_back(Message{.role = Role::kAssistant, .content = {}});
  if (messages.back().tool_calls.size() >= chat::kToolsMax) {
    return fail(node.wrong(fmt::format("is one call too many; the limit is {}", chat::kToolsMax)));
  }
  messages.back().tool_calls.push_back(std::move(call));
  return {};
}

Result<void> read_call_output(const Node& node, Messages& messages, ChatCall& /*call*/) {
  HEARTH_TRY(check_members(node, {"type", "id", "call_id", "output", "status"}));
  Message message{.role = Role::kTool, .content = {}};
  const Node id = HEARTH_TRY(node.require("call_id"));
  message.tool_call_id = HEARTH_TRY(read_call_id(id));
  const Node output = HEARTH_TRY(node.require("output"));
  message.content = HEARTH_TRY(read_content(output));
  messages.push_back(std::move(message));
  return {};
}

// What was thought as it was, or what was made of it. What is encrypted nobody reads here.
Result<void> read_reasoning(const Node& node, Messages& messages, ChatCall& call) {
  HEARTH_TRY(
      check_members(node, {"type", "id", "summary", "content", "encrypted_content", "status"}));
  std::string thinking;
  for (const std::string_view key : {"content", "summary"}) {
    const auto parts = node.find(key);
    if (!parts || !thinking.empty()) continue;
    thinking = HEARTH_TRY(read_content(*parts));
  }
  if (node.find("encrypted_content")) note_ignored(call, "input.encrypted_content");
  if (!thinking.empty()) assistant_message(messages).thinking += thinking;
  return {};
}

struct Kind {
  std::string_view type;
  Result<void> (*read)(const Node& node, Messages& messages, ChatCall& call);
};
constexpr Kind kKinds[] = {
    {"message", read_message},
    {"function_call", read_call},
    {"function_call_output", read_call_output},
    {"reasoning", read_reasoning},
};

Result<void> read_item(const Node& node, Messages& messages, ChatCall& call) {
  HEARTH_TRY(node.members());
  const auto type = node.find("type");
  if (!type) return read_message(node, messages, call);
  const std::string_view word = HEARTH_TRY(type->text());
  for (const Kind& kind : kKinds) {
    if (kind.type == word) return kind.read(node, messages, call);
  }
  return fail(type->wrong(
      fmt::format("is \"{}\"; it must be message, function_call, function_call_output or reasoning",
                  word.substr(0, kShownBytes))));
}

bool is_reference(const Node& node) {
  const auto type = node.is_object() ? node.find("type") : std::nullopt;
  return type && type->is_string() && *type->text() == kReference;
}

// Of a named item the place in the request is what can be wrong.
Result<void> read_named(const Node& node, const NamedItems& named, Messages& messages,
                        ChatCall& call) {
  HEARTH_TRY(check_members(node, {"type", "id"}));
  const Node id = HEARTH_TRY(node.require("id"));
  const std::string_view name = HEARTH_TRY(id.text());
  const auto found = named.find(name);
  if (found == named.end()) {
    return fail(id.wrong(
        fmt::format("is \"{}\", an item that is not stored here for this key; send the item itself",
                    name.substr(0, kShownBytes))));
  }
  const auto item = json::parse(found->second);
  if (!item) return fail(Code::kCorrupt, "an item that was stored cannot be read any more");
  return read_item(Node(*item), messages, call);
}

void write_text_content(json::Writer& json, std::string_view text, std::string_view part) {
  json.open('[').open('{').key("type").text(part).key("text").text(text).close('}').close(']');
}

void write_item(json::Writer& json, const Node& item, const std::string& id) {
  const auto role = item.find("role");
  const bool is_assistant = role && *role->text() == "assistant";
  json.open('{');
  if (!item.find("id")) json.key("id").text(id);
  if (!item.find("type")) json.key("type").text("message");
  const auto members = item.members();
  for (const auto& [key, value] : *members) {
    if (value.is_null()) continue;
    json.key(key);
    if (key == "content" && value.is_string()) {
      write_text_content(json, *value.text(), is_assistant ? "output_text" : "input_text");
    } else {
      json.verbatim(value.json());
    }
  }
  json.close('}');
}

}  // namespace

Result<void> read_items(const Node& node, const NamedItems& named, Messages& messages,
                        ChatCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > kMessagesMax) {
    return fail(
        node.wrong(fmt::format("has {} items; the limit is {}", elements.size(), kMessagesMax)));
  }
  for (const Node& element : elements) {
    HEARTH_TRY(is_reference(element) ? read_named(element, named, messages, call)
                                     : read_item(element, messages, call));
  }
  return {};
}

std::vector<std::string> names_of_items(const Node& input) {
  std::vector<std::string> names;
  const auto items = input.elements();
  if (!items) return names;
  for (const Node& item : *items) {
    const auto id = is_reference(item) ? item.find("id") : std::nullopt;
    if (id && id->is_string()) names.emplace_back(*id->text());
  }
  return names;
}

std::string listed_items(const Node& input, const NamedItems& named, std::string_view id_stem) {
  json::Writer json;
  json.open('[');
  if (input.is_string()) {
    json.open('{').key("id").text(fmt::format("{}0", id_stem)).key("type").text("message");
    json.key("role").text("user").key("content");
    write_text_content(json, *input.text(), "input_text");
    json.close('}');
  } else {
    std::size_t place = 0;
    const auto items = input.elements();
    for (const Node& item : *items) {
      if (is_reference(item)) {
        json.verbatim(named.find(*item.find("id")->text())->second);
      } else {
        write_item(json, item, fmt::format("{}{}", id_stem, place));
      }
      ++place;
    }
  }
  return json.close(']').take();
}

}  // namespace hearth::api::openai
