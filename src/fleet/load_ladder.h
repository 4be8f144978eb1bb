// With what a model is loaded after there was no memory for more: step by step less, and no less
// than was asked for. Quality is not given up: weights and the KV cache stay of their types.
//
// Invariants: every rung is lower than the one before, so there is a last one.
// Threads:    pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "wire/messages.h"

namespace hearth::fleet {

// A default context is not lowered below this.
inline constexpr std::uint32_t kLoweredContextLeast = 2048;
// Answers that are written at a time, before their context is lowered.
inline constexpr std::uint32_t kLoweredSequences = 2;

struct LadderTerms {
  std::uint32_t asked_context = 0;  // that somebody set; 0: a default rules
  std::uint32_t own_context = 0;    // that the model was trained for; 0: unknown
};

// The next rung below; nothing when that is the last.
std::optional<wire::Load> one_rung_lower(const wire::Load& load, const LadderTerms& terms);
// "a context of 4096 tokens in place of 8192, 2 answers at a time in place of 8"; empty for equals.
std::string what_is_lower(const wire::Load& load, const wire::Load& planned);

}  // namespace hearth::fleet
