#include "api/anthropic/message_call.h"

#include <algorithm>

#include <fmt/format.h>

#include "chat/request_part.h"

namespace hearth::api::anthropic {

namespace {

using json::Node;
using Kind = chat::RequestPart::Kind;

constexpr std::string_view kOthers = "and_others";
constexpr std::string_view kCacheControl = "cache_control";

bool is_shown(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("_-.").find(c) != std::string_view::npos;
}

bool is_in(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<void> check_cache_control(const Node& node) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word != "ephemeral") return fail(type.wrong("must be \"ephemeral\""));
  if (const auto ttl = node.find("ttl")) HEARTH_TRY(ttl->text());
  return {};
}

std::string name_of(const chat::RequestPart& part, const FieldNames& names) {
  switch (part.kind) {
    case Kind::kTools:
      return "tools";
    case Kind::kParameters:
      if (part.tool >= names.tools.size()) return "tools";
      return fmt::format("tools[{}].input_schema", names.tools[part.tool]);
    case Kind::kToolChoice:
      return "tool_choice";
    case Kind::kConstraint:
      return names.constraint;
    case Kind::kModel:
      return "model";
    case Kind::kPriority:
      return "hearth.priority";
    case Kind::kMessages:
      return "messages";
    case Kind::kTemplateArguments:
    case Kind::kLogitBias:
    case Kind::kSuffix:
    case Kind::kInput:
    case Kind::kDimensions:
      break;
  }
  return {};
}

}  // namespace

void note_ignored(MessageCall& call, std::string_view name) {
  std::string shown(name.substr(0, kIgnoredNameBytesMax));
  for (char& c : shown) {
    if (!is_shown(c)) c = '?';
  }
  std::vector<std::string>& names = call.ignored;
  if (names.size() + 1 >= kIgnoredMax) shown = kOthers;
  if (std::find(names.begin(), names.end(), shown) == names.end()) {
    names.push_back(std::move(shown));
  }
}

std::string place_name(const Node& node) {
  std::string name;
  bool in_number = false;
  for (const char c : node.path()) {
    if (c == '[') in_number = true;
    if (!in_number) name += c;
    if (c == ']') in_number = false;
  }
  return name;
}

Result<void> take_unknown(const Node& node, MessageCall& call) {
  if (call.unknown == MessageCall::Unknown::kRefused) {
    return fail(node.wrong("is not a field that is supported here; leave it out"));
  }
  note_ignored(call, place_name(node));
  return {};
}

Result<void> check_members(const Node& node, const Members& members, MessageCall& call) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (value.is_null() || is_in(key, members.known)) continue;
    if (key == kCacheControl) {
      HEARTH_TRY(check_cache_control(value));
    } else if (is_in(key, members.inert)) {
      note_ignored(call, place_name(value));
    } else {
      HEARTH_TRY(take_unknown(value, call));
    }
  }
  return {};
}

std::string field_at_fault(const Error& error, const FieldNames& names) {
  const auto part = chat::find_part(error.context);
  return part ? name_of(*part, names) : std::string();
}

}  // namespace hearth::api::anthropic
