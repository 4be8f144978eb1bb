// The body of POST /v1/embeddings becomes a chat::EmbedRequest. Every field that OpenAI has is
// honoured, or has no effect on the answer and is named in the reply; any other is refused by name.
//
// Errors:  kInvalidArgument; the context of the error is the field, for `param`.
// Limits:  kInputsMax. How long an input may be is the model's to say.
// Threads: pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "api/openai/embedding_body.h"
#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::openai {

inline constexpr std::size_t kInputsMax = 2048;  // OpenAI's

struct EmbeddingCall {
  chat::EmbedRequest request;
  EmbeddingBody::Encoding encoding = EmbeddingBody::Encoding::kFloat;
  std::vector<std::string> ignored;  // fields for X-Hearth-Ignored
};

Result<EmbeddingCall> parse_embedding_call(std::string_view body);

}  // namespace hearth::api::openai
