#include "api/anthropic/output_fields.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/core/own_fields.h"
#include "api/core/tool_parts.h"

namespace hearth::api::anthropic {

namespace {

using json::Node;
using Mode = chat::Thinking::Mode;

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();
constexpr std::string_view kEfforts[] = {"low", "medium", "high", "xhigh", "max"};

Result<void> read_display(const Node& node, MessageCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "omitted") {
    call.thoughts = MessageCall::Thoughts::kOmitted;
  } else if (word != "summarized") {
    return fail(node.wrong("must be \"summarized\" or \"omitted\""));
  }
  return {};
}

Result<void> read_budget(const Node& node, MessageCall& call) {
  const Node budget = HEARTH_TRY(node.require("budget_tokens"));
  call.request.thinking.tokens_max =
      static_cast<std::uint32_t>(HEARTH_TRY(budget.integer(1, kTokensMax)));
  return {};
}

Result<void> read_effort(const Node& node, MessageCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (std::find(std::begin(kEfforts), std::end(kEfforts), word) == std::end(kEfforts)) {
    return fail(node.wrong("must be low, medium, high, xhigh or max"));
  }
  call.request.thinking.effort = std::string(word);
  return {};
}

}  // namespace

Result<void> read_thinking(const Node& node, MessageCall& call) {
  HEARTH_TRY(check_members(node, {{"type", "budget_tokens", "display"}}, call));
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (const auto display = node.find("display")) HEARTH_TRY(read_display(*display, call));
  if (word == "adaptive") return {};  // the model decides
  if (word == "disabled") return set_thinking(node, call.request, Mode::kOff);
  if (word == "between_tools") {
    note_ignored(call, "thinking.type");
    return {};
  }
  if (word != "enabled") {
    return fail(type.wrong("must be \"enabled\", \"disabled\" or \"adaptive\""));
  }
  HEARTH_TRY(read_budget(node, call));
  return set_thinking(node, call.request, Mode::kOn);
}

// An answer always is what its schema says.
Result<void> read_output_format(const Node& node, MessageCall& call) {
  HEARTH_TRY(check_members(node, {{"type", "schema"}}, call));
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word != "json_schema") return fail(type.wrong("is supported as \"json_schema\" only"));
  const Node schema = HEARTH_TRY(node.require("schema"));
  HEARTH_TRY(schema.members());
  std::string text = schema.json();
  if (text.size() > kSchemaBytesMax) {
    return fail(schema.wrong(fmt::format("is longer than {} bytes", kSchemaBytesMax)));
  }
  if (!call.names.constraint.empty()) {
    return fail(
        node.wrong(fmt::format("stands beside {}; send one of them", call.names.constraint)));
  }
  call.names.constraint = schema.path();
  call.request.constraint = {chat::Constraint::Kind::kSchema, std::move(text)};
  return {};
}

Result<void> read_output_config(const Node& node, MessageCall& call) {
  HEARTH_TRY(check_members(node, {{"effort", "format"}, {"task_budget"}}, call));
  if (const auto effort = node.find("effort")) HEARTH_TRY(read_effort(*effort, call));
  if (const auto format = node.find("format")) HEARTH_TRY(read_output_format(*format, call));
  return {};
}

void settle_thinking(MessageCall& call) {
  Mode& mode = call.request.thinking.mode;
  if (mode == Mode::kDefault) mode = Mode::kOff;
}

}  // namespace hearth::api::anthropic
