// The likeliest tokens of a vocabulary, found without sorting or even copying it: of 152,000
// logits the default request needs 40, and llama.cpp's own way through all of them costs half a
// millisecond for each token.
//
// Threads: pure; thread-safe.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <llama.h>

namespace hearth::engine {

// False where a logit is NaN or +infinity; -infinity is a token that cannot be.
bool are_numbers(std::span<const float> logits);

// The `count` highest logits, in this order and equal ones by their place, without those that are
// -infinity; so there may be fewer. REQUIRES: are_numbers(logits).
std::vector<llama_token_data> highest(std::span<const float> logits, std::size_t count);

// All that are not -infinity, by their place.
std::vector<llama_token_data> possible(std::span<const float> logits);

}  // namespace hearth::engine
