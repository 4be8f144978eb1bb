// Any bytes become a request within its limits, or an error that a client can be shown.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "base/utf8.h"
#include "json/parse.h"

namespace {

using Choice = hearth::chat::ToolChoice::Kind;

// What must be called is there, and what is passed on as JSON is JSON.
void check_tools(const hearth::chat::Request& request) {
  HEARTH_ASSERT(request.tools.size() <= hearth::chat::kToolsMax);
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
  HEARTH_ASSERT(request.template_arguments.size() <= hearth::chat::kTemplateArgumentsMax);
  for (const auto& argument : request.template_arguments)
    HEARTH_ASSERT(hearth::json::parse(argument.value));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto call =
      hearth::api::openai::parse_chat_call({reinterpret_cast<const char*>(data), size});
  if (!call) {
    HEARTH_ASSERT(!call.error().message.empty());
    return 0;
  }
  HEARTH_ASSERT(!call->request.model.empty() && !call->request.messages.empty());
  HEARTH_ASSERT(call->request.max_tokens >= 1);
  HEARTH_ASSERT(call->request.stop.size() <= hearth::chat::kStopsMax);
  HEARTH_ASSERT(call->choices >= 1 && call->choices <= hearth::api::openai::kChoicesMax);
  HEARTH_ASSERT(call->request.logprobs.value_or(0) <= hearth::chat::kTopLogprobsMax);
  HEARTH_ASSERT(call->request.sampling.logit_bias.size() <= hearth::chat::kLogitBiasesMax);
  for (const auto& one : call->request.sampling.logit_bias) {
    HEARTH_ASSERT(one.token >= 0 && std::abs(one.bias) <= hearth::chat::kLogitBiasMost);
  }
  for (const auto& message : call->request.messages) {
    HEARTH_ASSERT(hearth::base::is_utf8(message.content));
    HEARTH_ASSERT(hearth::base::is_utf8(message.thinking));
    for (const auto& past : message.tool_calls)
      HEARTH_ASSERT(!past.name.empty() && hearth::base::is_utf8(past.arguments));
  }
  check_tools(call->request);
  return 0;
}
