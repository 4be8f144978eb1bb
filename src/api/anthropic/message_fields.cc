#include "api/anthropic/message_fields.h"

#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/anthropic/content_blocks.h"
#include "api/anthropic/errors.h"
#include "api/anthropic/output_fields.h"
#include "api/anthropic/tool_fields.h"
#include "api/core/field_checks.h"
#include "api/core/own_fields.h"
#include "json/parse.h"

namespace hearth::api::anthropic {

namespace {

using json::Node;
using Reader = Result<void> (*)(const Node& node, MessageCall& call);

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();
constexpr std::int64_t kTopKMax = 1'000'000;

Result<void> read_model(const Node& node, MessageCall& call) {
  call.request.model = HEARTH_TRY(read_model_name(node));
  return {};
}

// 0 is a client that wants its prompt in the cache and no answer yet.
Result<void> read_max_tokens(const Node& node, MessageCall& call) {
  const std::int64_t tokens = HEARTH_TRY(node.integer(0, kTokensMax));
  if (tokens == 0) call.answer = MessageCall::Answer::kNone;
  call.request.max_tokens = tokens == 0 ? 1 : static_cast<std::uint32_t>(tokens);
  return {};
}

Result<void> read_stops(const Node& node, MessageCall& call) {
  const auto elements = HEARTH_TRY(node.elements());
  if (elements.size() > chat::kStopsMax) {
    return fail(node.wrong(
        fmt::format("has {} sequences; the limit is {}", elements.size(), chat::kStopsMax)));
  }
  call.request.stop.clear();  // those of the model
  for (const Node& element : elements) {
    call.request.stop.emplace_back(HEARTH_TRY(read_text(element, chat::kStopBytesMax)));
  }
  return {};
}

// Local models bear more than the 1 that is Anthropic's most.
Result<void> read_temperature(const Node& node, MessageCall& call) {
  call.request.sampling.temperature = static_cast<float>(HEARTH_TRY(node.number(0, 2)));
  return {};
}
Result<void> read_top_p(const Node& node, MessageCall& call) {
  call.request.sampling.top_p = static_cast<float>(HEARTH_TRY(node.number(0, 1)));
  return {};
}
Result<void> read_top_k(const Node& node, MessageCall& call) {
  call.request.sampling.top_k = static_cast<std::uint32_t>(HEARTH_TRY(node.integer(0, kTopKMax)));
  return {};
}

Result<void> read_stream(const Node& node, MessageCall& call) {
  call.stream = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_own(const Node& node, MessageCall& call) {
  return read_own_fields(node, call.request, call.own_tools);
}

// Conversations are not kept here. Whoever begins to keep one sends all of it; whoever goes on with
// one is told that it is gone, and sends all of it again.
Result<void> read_thread(const Node& node, MessageCall& call) {
  const Node type = HEARTH_TRY(node.require("type"));
  const std::string_view word = HEARTH_TRY(type.text());
  if (word != "create") {
    return fail(make_error(Code::kNotFound,
                           "thread names a conversation that is not kept here; send all messages",
                           std::string(kThreadField)));
  }
  note_ignored(call, kThreadField);
  return {};
}

Result<void> ignore(const Node& node, MessageCall& call) {
  note_ignored(call, node.path());
  return {};
}

// The readers of these come before or after all others.
Result<void> in_its_turn(const Node&, MessageCall&) {
  return {};
}

struct Field {
  std::string_view name;
  Reader read;
};

constexpr Field kFields[] = {
    // Honoured.
    {"model", read_model},
    {"max_tokens", read_max_tokens},
    {"system", in_its_turn},
    {"messages", read_messages},
    {"stream", read_stream},
    {"stop_sequences", read_stops},
    {"temperature", read_temperature},
    {"top_p", read_top_p},
    {"top_k", read_top_k},
    {"tools", read_tools},
    {"tool_choice", in_its_turn},
    {"thinking", read_thinking},
    {"output_config", read_output_config},
    {"output_format", read_output_format},
    {"hearth", read_own},
    {"cache_control", in_its_turn},
    // Without effect: nothing in the answer depends on them, or only Anthropic could do it.
    {"metadata", ignore},
    {"service_tier", ignore},
    {"inference_geo", ignore},
    {"speed", ignore},
    {"diagnostics", ignore},
    {"user_profile_id", ignore},
    {"workspace_id", ignore},
    {"billing_policy", ignore},
    {"fallbacks", ignore},
    {"fallback_credit_token", ignore},
    {"context_management", ignore},
    {"compaction", ignore},
    {"container", ignore},
    {"mcp_servers", ignore},
    {"betas", ignore},
    // Without effect where it begins a conversation, else refused.
    {kThreadField, read_thread},
};

Reader find_reader(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return field.read;
  }
  return nullptr;
}

Result<void> read_fields(const Node& root, MessageCall& call) {
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    if (node.is_null()) continue;  // that means "not given"
    const Reader read = find_reader(name);
    if (read == nullptr) {
      HEARTH_TRY(take_unknown(node, call));
    } else {
      HEARTH_TRY(read(node, call));
    }
  }
  return {};
}

Result<void> require_fields(const Node& root, MessageReading::Of of) {
  HEARTH_TRY(root.require("model"));
  HEARTH_TRY(root.require("messages"));
  if (of == MessageReading::Of::kAnswer) HEARTH_TRY(root.require("max_tokens"));
  return {};
}

}  // namespace

Result<MessageCall> parse_message_call(std::string_view body, const MessageReading& reading) {
  const auto document = json::parse(body);
  // Over a limit of the parser is the client's fault, and waiting does not help.
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(root.members());
  HEARTH_TRY(require_fields(root, reading.of));
  MessageCall call;
  call.unknown = reading.unknown;
  const Node model = HEARTH_TRY(root.require("model"));
  const std::string name = HEARTH_TRY(read_model_name(model));
  if (reading.blank) call.request = reading.blank(name);
  if (const auto system = root.find("system")) HEARTH_TRY(read_system(*system, call));
  HEARTH_TRY(read_fields(root, call));
  if (const auto choice = root.find("tool_choice")) HEARTH_TRY(read_tool_choice(*choice, call));
  if (!root.find("thinking")) settle_thinking(call);
  return call;
}

}  // namespace hearth::api::anthropic
