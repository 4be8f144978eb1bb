// Any bytes become a request for a response within its limits, or an error that a client can be
// shown; and what is kept of it can be read again, as what was said before.
#include <cstdint>
#include <string_view>

#include "api/openai/response_request.h"
#include "base/result.h"
#include "base/utf8.h"
#include "json/parse.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  namespace openai = hearth::api::openai;
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  HEARTH_ASSERT(openai::items_named_by(body).size() <= openai::kNamedItemsMax);
  auto call = openai::parse_response_call(body, {"in_"});
  if (!call) {
    HEARTH_ASSERT(!call.error().message.empty());
    return 0;
  }
  const hearth::chat::Request& request = call->chat.request;
  HEARTH_ASSERT(!request.model.empty() && !request.messages.empty() && request.max_tokens >= 1);
  HEARTH_ASSERT(request.messages.size() <= openai::kMessagesMax);
  HEARTH_ASSERT(request.tools.size() <= hearth::chat::kToolsMax);
  HEARTH_ASSERT(request.logprobs.value_or(0) <= hearth::chat::kTopLogprobsMax);
  HEARTH_ASSERT(call->previous.size() <= openai::kResponseIdBytesMax);
  for (const auto& message : request.messages) {
    HEARTH_ASSERT(hearth::base::is_utf8(message.content));
    for (const auto& past : message.tool_calls)
      HEARTH_ASSERT(!past.name.empty() && hearth::base::is_utf8(past.arguments));
  }
  HEARTH_ASSERT(hearth::json::parse("{" + call->echo));
  if (!call->store) return 0;
  HEARTH_ASSERT(hearth::json::parse(call->input));
  const auto messages = request.messages.size();
  if (messages > openai::kMessagesMax / 2) return 0;
  const auto joined = openai::join_past(*call, {call->input});
  HEARTH_ASSERT(joined);
  return 0;
}
