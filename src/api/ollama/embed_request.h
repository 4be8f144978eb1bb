// The bodies of POST /api/embed and /api/embeddings become a chat::EmbedRequest.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  openai::kInputsMax.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::ollama {

struct EmbedAsk {
  chat::EmbedRequest request;
  std::vector<std::string> ignored;  // fields for X-Hearth-Ignored
};

// Without an input there is nothing to make, and the request has none.
Result<EmbedAsk> read_embed(std::string_view body);
Result<EmbedAsk> read_embed_one(std::string_view body);

}  // namespace hearth::api::ollama
