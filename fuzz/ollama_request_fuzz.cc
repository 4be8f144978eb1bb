// Any bytes become a request within its limits, or an error that a client can be shown. The first
// byte says which route they are sent to.
#include <cmath>
#include <cstdint>
#include <string_view>

#include "api/ollama/create_request.h"
#include "api/ollama/embed_request.h"
#include "api/ollama/past_context.h"
#include "api/ollama/request_fields.h"
#include "api/ollama/wish_fields.h"
#include "base/result.h"
#include "base/utf8.h"
#include "json/parse.h"

namespace {

using hearth::api::ollama::Ask;

hearth::chat::Request blank(const std::string& /*model*/) {
  return {};
}

void check_ask(const hearth::Result<Ask>& ask) {
  if (!ask) {
    HEARTH_ASSERT(!ask.error().message.empty());
    return;
  }
  const hearth::chat::Request& request = ask->call.request;
  HEARTH_ASSERT(!ask->model.empty() && request.max_tokens >= 1);
  HEARTH_ASSERT(ask->loads_only || request.raw_prompt || !request.messages.empty());
  HEARTH_ASSERT(!request.suffix || request.raw_prompt);
  HEARTH_ASSERT(request.stop.size() <= hearth::chat::kStopsMax);
  HEARTH_ASSERT(request.logprobs.value_or(0) <= hearth::chat::kTopLogprobsMax);
  HEARTH_ASSERT(std::isfinite(request.sampling.temperature));
  for (const auto& message : request.messages)
    HEARTH_ASSERT(hearth::base::is_utf8(message.content));
  if (request.constraint.kind == hearth::chat::Constraint::Kind::kSchema) {
    HEARTH_ASSERT(hearth::json::parse(request.constraint.text));
  }
  // What an answer gives back is taken again.
  if (request.messages.size() > hearth::api::ollama::kPastMessagesMax) return;
  for (const auto& message : request.messages) {
    if (message.role == hearth::chat::Role::kTool) return;
  }
  const auto back =
      hearth::api::ollama::unpack_past(hearth::api::ollama::pack_past(request.messages));
  HEARTH_ASSERT(back && back->size() == request.messages.size());
}

template <typename T>
void check_error(const hearth::Result<T>& result) {
  HEARTH_ASSERT(result || !result.error().message.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  namespace ollama = hearth::api::ollama;
  switch (data[0] % 7) {
    case 0:
      check_ask(ollama::read_generate(body, blank));
      break;
    case 1:
      check_ask(ollama::read_chat(body, blank));
      break;
    case 2:
      check_error(ollama::read_embed(body));
      break;
    case 3:
      check_error(ollama::read_create(body));
      break;
    case 4:
      check_error(ollama::read_show(body));
      break;
    case 5:
      check_error(ollama::read_pull(body));
      break;
    default:
      check_error(ollama::read_copy(body));
  }
  return 0;
}
