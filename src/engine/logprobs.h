// How likely the model itself found the chosen token and the others: the logarithm of its softmax,
// before penalties, biases, temperature or anything else of chat::Sampling.
//
// Threads: pure; thread-safe.
#pragma once

#include <cstdint>
#include <span>

#include "chat/event.h"
#include "engine/model.h"

namespace hearth::engine {

// With at most so many alternatives, and without the bytes, which the vocabulary knows.
// REQUIRES: are_numbers(logits), one that is not -infinity, and chosen within them.
chat::TokenLogprob find_logprobs(std::span<const float> logits, Token chosen,
                                 std::uint32_t alternatives);

}  // namespace hearth::engine
