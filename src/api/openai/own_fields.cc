#include "api/openai/own_fields.h"

#include <fmt/format.h>

#include "api/core/keep_alive_field.h"
#include "api/openai/thinking_fields.h"

namespace hearth::api::openai {

namespace {

using json::Node;

Result<void> read_deadline(const Node& node, ChatCall& call) {
  call.request.deadline_ms =
      static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kDeadlineMsMax)));
  return {};
}

Result<void> read_priority(const Node& node, ChatCall& call) {
  call.request.priority =
      static_cast<std::int32_t>(HEARTH_TRY(node.integer(-chat::kPriorityMax, chat::kPriorityMax)));
  return {};
}

Result<void> read_overflow(const Node& node, ChatCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "error") {
    call.request.overflow = chat::Overflow::kError;
  } else if (word == "truncate") {
    call.request.overflow = chat::Overflow::kTruncate;
  } else if (word == "shift") {
    call.request.overflow = chat::Overflow::kShift;
  } else {
    return fail(node.wrong("must be \"error\", \"truncate\" or \"shift\""));
  }
  return {};
}

Result<void> read_history(const Node& node, ChatCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "keep") {
    call.request.history = chat::History::kKeep;
  } else if (word == "drop_oldest") {
    call.request.history = chat::History::kDropOldest;
  } else if (word == "middle_out") {
    call.request.history = chat::History::kMiddleOut;
  } else {
    return fail(node.wrong("must be \"keep\", \"drop_oldest\" or \"middle_out\""));
  }
  return {};
}

Result<void> read_cache_scope(const Node& node, ChatCall& call) {
  const std::string_view scope = HEARTH_TRY(node.text());
  if (scope.size() > kCacheScopeBytesMax) {
    return fail(node.wrong(fmt::format("is longer than {} bytes", kCacheScopeBytesMax)));
  }
  call.request.cache_scope = std::string(scope);
  return {};
}

Result<void> read_keep_alive(const Node& node, ChatCall& call) {
  call.request.keep_alive = HEARTH_TRY(api::read_keep_alive(node));
  return {};
}

struct Field {
  std::string_view name;
  Result<void> (*read)(const Node& node, ChatCall& call);
};

constexpr Field kFields[] = {
    {"deadline_ms", read_deadline},  {"priority", read_priority},       {"overflow", read_overflow},
    {"history", read_history},       {"cache_scope", read_cache_scope}, {"thinking", read_thinking},
    {"keep_alive", read_keep_alive},
};

}  // namespace

Result<void> read_own_fields(const Node& node, ChatCall& call) {
  for (const auto& [key, value] : HEARTH_TRY(node.members())) {
    if (value.is_null()) continue;
    const auto* field = std::begin(kFields);
    while (field != std::end(kFields) && field->name != key)
      ++field;
    if (field == std::end(kFields)) return fail(value.wrong("is not supported"));
    HEARTH_TRY(field->read(value, call));
  }
  return {};
}

}  // namespace hearth::api::openai
