// Any bytes become a request for embeddings within its limits, or an error that a client can be
// shown; and what is answered to it is JSON, however many pieces it takes.
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "api/openai/embedding_request.h"
#include "base/result.h"
#include "base/utf8.h"
#include "json/parse.h"
#include "seeds.h"

namespace {

using namespace hearth;

void check_answer(const api::openai::EmbeddingCall& call) {
  constexpr std::uint32_t kDimensions = 3;
  chat::Embeddings embeddings{kDimensions, 1, {}};
  for (std::size_t i = 0; i < call.request.inputs() * kDimensions; ++i)
    embeddings.values.push_back(static_cast<float>(i) / -7);
  api::openai::EmbeddingBody body(call.request.model, std::move(embeddings), call.encoding);
  std::string text;
  while (!body.done())
    text += body.next();
  HEARTH_ASSERT(json::parse(text));
}

}  // namespace

extern "C" int LLVMFuzzerInitialize(int* argc, char*** argv) {
  fuzz::write_seeds_if_asked(
      *argc, *argv,
      {R"({"model":"m","input":"text"})", R"({"model":"m","input":["a","b"],"user":"u"})",
       R"({"model":"m","input":[1,2],"encoding_format":"base64"})",
       R"({"model":"m","input":[[1],[2,3]],"dimensions":64,"encoding_format":"float"})"});
  return 0;
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto call = api::openai::parse_embedding_call({reinterpret_cast<const char*>(data), size});
  if (!call) {
    HEARTH_ASSERT(call.error().code == Code::kInvalidArgument && !call.error().message.empty());
    return 0;
  }
  const chat::EmbedRequest& request = call->request;
  HEARTH_ASSERT(!request.model.empty());
  HEARTH_ASSERT(request.texts.empty() != request.token_lists.empty());
  HEARTH_ASSERT(request.inputs() <= api::openai::kInputsMax);
  for (const std::string& text : request.texts)
    HEARTH_ASSERT(!text.empty() && base::is_utf8(text));
  for (const auto& tokens : request.token_lists) {
    HEARTH_ASSERT(!tokens.empty());
    for (const std::int32_t token : tokens)
      HEARTH_ASSERT(token >= 0);
  }
  check_answer(*call);
  return 0;
}
