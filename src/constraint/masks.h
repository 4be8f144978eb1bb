// Which tokens may come next in a grammar: a bit for each of the vocabulary.
//
// What a token does depends on the state its text begins in and, only if the text leaves the
// rules that state is in, on the states these were called from. So a mask is found by these few
// states, and computed where they are new: one walk through the ordered vocabulary.
//
// Threads: thread-safe; several requests with the same grammar share one.
// Limits:  what is kept is bounded by kMaskBytesMax; beyond it masks are forgotten, never wrong.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "constraint/matcher.h"
#include "constraint/vocabulary.h"

namespace hearth::constraint {

inline constexpr std::size_t kMaskBytesMax = 64UL * 1024 * 1024;

// Bit t of word t / 64.
using Mask = std::vector<std::uint64_t>;

class Masks {
 public:
  // `said` are control tokens whose text counts as text for this grammar.
  using SaidTokens = std::vector<std::pair<Token, std::string>>;
  Masks(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const Vocabulary> vocabulary,
        SaidTokens said = {});

  // REQUIRES: the matcher follows this grammar.
  Result<void> allowed(const Matcher& matcher, Mask& mask);
};

}  // namespace hearth::constraint
