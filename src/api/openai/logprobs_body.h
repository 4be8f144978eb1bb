// How likely tokens were, in OpenAI's shape: {"content":[{token, logprob, bytes, top_logprobs}]}.
//
// Threads: pure.
#pragma once

#include <vector>

#include "chat/event.h"
#include "json/writer.h"

namespace hearth::api::openai {

// What OpenAI writes for a token that cannot be.
inline constexpr double kLogprobLeast = -9999;

void write_logprobs(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs);

}  // namespace hearth::api::openai
