// Any bytes become a request within its limits, or an error that a client can be shown.
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
  for (const auto& message : call->request.messages) {
    HEARTH_ASSERT(hearth::base::is_utf8(message.content));
  }
  return 0;
}
