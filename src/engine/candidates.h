// The likeliest tokens of a vocabulary, found without sorting or even copying it: of 152,000
// logits the default request needs 40, and llama.cpp's own way through all of them costs half a
// millisecond for each token.
//
// Threads: pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <llama.h>

namespace hearth::engine {

// The tokens that may be chosen, a bit for each: bit t of word t / 64. Empty: every token.
using Allowed = std::span<const std::uint64_t>;

inline bool is_allowed(Allowed allowed, std::size_t token) {
  return allowed.empty() || ((allowed[token / 64] >> (token % 64)) & 1) != 0;
}

// False where a logit is NaN or +infinity; -infinity is a token that cannot be.
bool are_numbers(std::span<const float> logits);

// The `count` highest logits of allowed tokens, in this order and equal ones by their place,
// without those that are -infinity; so there may be fewer. REQUIRES: are_numbers(logits).
std::vector<llama_token_data> highest(std::span<const float> logits, std::size_t count,
                                      Allowed allowed = {});

// All allowed ones that are not -infinity, by their place.
std::vector<llama_token_data> possible(std::span<const float> logits, Allowed allowed = {});

}  // namespace hearth::engine
