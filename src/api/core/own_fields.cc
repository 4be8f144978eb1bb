#include "api/core/own_fields.h"

#include <fmt/format.h>

#include "api/core/keep_alive_field.h"
#include "api/core/tool_wish.h"

namespace hearth::api {

namespace {

using json::Node;
using Mode = chat::Thinking::Mode;

Result<void> read_deadline(const Node& node, chat::Request& request) {
  request.deadline_ms = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kDeadlineMsMax)));
  return {};
}

Result<void> read_priority(const Node& node, chat::Request& request) {
  request.priority =
      static_cast<std::int32_t>(HEARTH_TRY(node.integer(-chat::kPriorityMax, chat::kPriorityMax)));
  return {};
}

Result<void> read_overflow(const Node& node, chat::Request& request) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "error") {
    request.overflow = chat::Overflow::kError;
  } else if (word == "truncate") {
    request.overflow = chat::Overflow::kTruncate;
  } else if (word == "shift") {
    request.overflow = chat::Overflow::kShift;
  } else {
    return fail(node.wrong("must be \"error\", \"truncate\" or \"shift\""));
  }
  return {};
}

Result<void> read_history(const Node& node, chat::Request& request) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "keep") {
    request.history = chat::History::kKeep;
  } else if (word == "drop_oldest") {
    request.history = chat::History::kDropOldest;
  } else if (word == "middle_out") {
    request.history = chat::History::kMiddleOut;
  } else {
    return fail(node.wrong("must be \"keep\", \"drop_oldest\" or \"middle_out\""));
  }
  return {};
}

Result<void> read_cache_scope(const Node& node, chat::Request& request) {
  const std::string_view scope = HEARTH_TRY(node.text());
  if (scope.size() > kCacheScopeBytesMax) {
    return fail(node.wrong(fmt::format("is longer than {} bytes", kCacheScopeBytesMax)));
  }
  request.cache_scope = std::string(scope);
  return {};
}

Result<void> read_thinking(const Node& node, chat::Request& request) {
  const bool wanted = HEARTH_TRY(node.boolean());
  return set_thinking(node, request, wanted ? Mode::kOn : Mode::kOff);
}

Result<void> read_keep_alive_of(const Node& node, chat::Request& request) {
  request.keep_alive = HEARTH_TRY(read_keep_alive(node));
  return {};
}

struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, chat::Request& request);
};

constexpr Field kFields[] = {
    {"deadline_ms", read_deadline},     {"priority", read_priority},
    {"overflow", read_overflow},        {"history", read_history},
    {"cache_scope", read_cache_scope},  {"thinking", read_thinking},
    {"keep_alive", read_keep_alive_of},
};

Result<void> read_field(std::string_view key, const Node& value, chat::Request& request) {
  const auto* field = std::begin(kFields);
  while (field != std::end(kFields) && field->name != key)
    ++field;
  if (field == std::end(kFields)) return fail(value.wrong("is not supported"));
  return field->read(value, request);
}

}  // namespace

Result<void> set_thinking(const Node& node, chat::Request& request, Mode mode) {
  Mode& set = request.thinking.mode;
  if (set != Mode::kDefault && set != mode) {
    return fail(node.wrong("contradicts another field about thinking; send one of them"));
  }
  set = mode;
  return {};
}

Result<void> read_own_fields(const Node& node, chat::Request& request) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (!value.is_null()) HEARTH_TRY(read_field(key, value, request));
  }
  return {};
}

Result<void> read_own_fields(const Node& node, chat::Request& request,
                             std::optional<agent::Wish>& tools) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    const bool is_left = value.is_null() || is_tool_wish_field(key);
    if (!is_left) HEARTH_TRY(read_field(key, value, request));
  }
  tools = HEARTH_TRY(read_tool_wish(node));
  return {};
}

}  // namespace hearth::api
