// The body of POST /embedding becomes a chat::EmbedRequest.
//
// Errors:  kInvalidArgument; the context of the error is the field.
// Limits:  openai::kInputsMax. How long an input may be is the model's to say.
// Threads: pure.
#pragma once

#include <string_view>
#include <vector>

#include "api/llamacpp/text_fields.h"
#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::llamacpp {

// What vectors are divided by: a power p is the p-norm, kLargest their largest number, which then
// becomes that of 16 bits.
inline constexpr int kLargest = 0;
inline constexpr int kLength = 2;

struct EmbedAsk {
  chat::EmbedRequest request;
  int norm = kLength;
  bool is_one_text = false;  // that was sent alone and not in a list
  std::vector<std::string> ignored = {};
};

Result<EmbedAsk> read_embedding(std::string_view body, const NameModel& model);

}  // namespace hearth::api::llamacpp
