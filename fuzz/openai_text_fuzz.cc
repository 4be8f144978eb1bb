// Any bytes become a request for completions within its limits, or an error that a client can be
// shown.
#include <cstdint>
#include <string_view>

#include "api/openai/text_request.h"
#include "base/result.h"
#include "base/utf8.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace openai = hearth::api::openai;
  const auto call = openai::parse_text_call({reinterpret_cast<const char*>(data), size});
  if (!call) {
    HEARTH_ASSERT(!call.error().message.empty());
    return 0;
  }
  const hearth::chat::Request& request = call->chat.request;
  HEARTH_ASSERT(!request.model.empty() && request.messages.empty() && request.max_tokens >= 1);
  HEARTH_ASSERT(request.stop.size() <= hearth::chat::kStopsMax);
  HEARTH_ASSERT(request.logprobs.value_or(0) <= hearth::chat::kTopLogprobsMax);
  HEARTH_ASSERT(!call->prompts.empty() && call->candidates >= call->chat.choices);
  HEARTH_ASSERT(call->prompts.size() * call->candidates <= openai::kTextAnswersMax);
  for (const auto& prompt : call->prompts) {
    HEARTH_ASSERT(hearth::base::is_utf8(prompt.text));
    HEARTH_ASSERT(prompt.text.empty() || prompt.tokens.empty());
    HEARTH_ASSERT(prompt.tokens.empty() || (!call->echo && !request.suffix));
  }
  return 0;
}
