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

// The members token, logprob and bytes of an object that is open.
void write_chance(json::Writer& json, const chat::TokenChance& chance);

void write_logprobs(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs);

}  // namespace hearth::api::openai
