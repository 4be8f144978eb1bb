// Any bytes become a request within its limits, or an error that a client can be shown.
#include <cstdint>
#include <string_view>

#include "api/anthropic/message_fields.h"
#include "base/result.h"
#include "base/utf8.h"
#include "json/parse.h"

namespace {

using hearth::api::anthropic::MessageCall;
using hearth::api::anthropic::MessageReading;
using Choice = hearth::chat::ToolChoice::Kind;

// What must be called is there, and what is passed on as JSON is JSON.
void check_tools(const MessageCall& call) {
  const hearth::chat::Request& request = call.request;
  HEARTH_ASSERT(request.tools.size() <= hearth::chat::kToolsMax);
  HEARTH_ASSERT(request.tools.size() == call.names.tools.size());
  const Choice kind = request.tool_choice.kind;
  bool found = kind != Choice::kNamed;
  for (const auto& tool : request.tools) {
    HEARTH_ASSERT(!tool.name.empty());
    HEARTH_ASSERT(tool.parameters.empty() || hearth::json::parse(tool.parameters));
    found = found || tool.name == request.tool_choice.name;
  }
  HEARTH_ASSERT(found && (kind != Choice::kRequired || !request.tools.empty()));
  if (request.constraint.kind == hearth::chat::Constraint::Kind::kSchema) {
    HEARTH_ASSERT(hearth::json::parse(request.constraint.text));
  }
}

void check_messages(const hearth::chat::Request& request) {
  HEARTH_ASSERT(!request.messages.empty());
  const auto& last = request.messages.back();
  if (request.continue_last) {
    HEARTH_ASSERT(last.role == hearth::chat::Role::kAssistant && last.tool_calls.empty());
  }
  for (const auto& message : request.messages) {
    HEARTH_ASSERT(hearth::base::is_utf8(message.content));
    HEARTH_ASSERT(hearth::base::is_utf8(message.thinking));
    HEARTH_ASSERT(message.tool_calls.size() <= hearth::chat::kToolsMax);
    for (const auto& past : message.tool_calls)
      HEARTH_ASSERT(!past.name.empty() && hearth::json::parse(past.arguments));
  }
}

// They go into a header as they are.
void check_ignored(const MessageCall& call) {
  HEARTH_ASSERT(call.ignored.size() <= hearth::api::anthropic::kIgnoredMax);
  for (const std::string& name : call.ignored) {
    HEARTH_ASSERT(name.size() <= hearth::api::anthropic::kIgnoredNameBytesMax);
    for (const char c : name)
      HEARTH_ASSERT(c > ' ' && c < 0x7F && c != ',');
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  for (const auto unknown : {MessageCall::Unknown::kRefused, MessageCall::Unknown::kNamed}) {
    MessageReading reading;
    reading.unknown = unknown;
    const auto call = hearth::api::anthropic::parse_message_call(body, reading);
    if (!call) {
      HEARTH_ASSERT(!call.error().message.empty());
      continue;
    }
    HEARTH_ASSERT(!call->request.model.empty() && call->request.max_tokens >= 1);
    HEARTH_ASSERT(call->request.stop.size() <= hearth::chat::kStopsMax);
    check_messages(call->request);
    check_tools(*call);
    check_ignored(*call);
  }
  return 0;
}
