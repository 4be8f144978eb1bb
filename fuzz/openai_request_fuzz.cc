// Any bytes become a request within its limits, or an error that a client can be shown.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "api/openai/request_fields.h"
#include "base/result.h"
#include "base/utf8.h"

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
  }
  return 0;
}
