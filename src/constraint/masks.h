// Which tokens may come next in a grammar: a bit for each of the vocabulary.
//
// What a token does depends on the state its text begins in and, only if the text leaves the
// rules that state is in, on the states these were called from. So a mask is found by these few
// states, and computed where they are new: one walk through the ordered vocabulary. A few states
// are walked one by one; many, or such whose walks cost much, together.
//
// Threads: thread-safe; several requests with the same grammar share one.
// Errors:  kInvalidArgument where a mask would need more than kMaskWorkMax.
// Limits:  what is kept is bounded by kMaskBytesMax; beyond it masks are forgotten, never wrong.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "constraint/mask_tree.h"
#include "constraint/matcher.h"
#include "constraint/token_bits.h"
#include "constraint/vocabulary.h"

namespace hearth::constraint {

inline constexpr std::size_t kMaskBytesMax = 64UL * 1024 * 1024;
// What one mask may cost, in look-ups (mask_tree.h). Somebody waits for it, and others with him:
// this is some 10 to 20 ms. Those of real schemas need up to 800,000 on a vocabulary of 152,000
// tokens, whose trie has 400,000 nodes.
inline constexpr std::size_t kMaskWorkMax = 3'000'000;
// What states may cost one by one before they are walked together, and how many are tried so.
inline constexpr std::size_t kWorkApartMax = 1'500'000;
inline constexpr std::size_t kWaysApartMax = 32;

class Masks {
 public:
  // `said` are control tokens whose text counts as text for this grammar.
  using SaidTokens = std::vector<std::pair<Token, std::string>>;
  Masks(std::shared_ptr<const Grammar> grammar, std::shared_ptr<const Vocabulary> vocabulary,
        const SaidTokens& said = {});

  // The mask's size becomes that of the vocabulary, in whole words; further bits are 0.
  // REQUIRES: the matcher follows this grammar.
  Result<void> allowed(const Matcher& matcher, Mask& mask);

  // What is kept, about.
  std::size_t bytes();
  // Places whose masks are kept: stays the same where a mask was found without computing.
  std::size_t places();

 private:
  // Each tells whether it was done within the work that is allowed.
  bool add_bytes(const Matcher& matcher, Mask& mask) REQUIRES_LOCK(mutex_);
  bool add_apart(const Stacks& stacks, std::span<const Way> ways, Mask& mask) REQUIRES_LOCK(mutex_);
  bool add_all(MaskTree::Place first, const Stacks& stacks, Stack base, Mask& mask)
      REQUIRES_LOCK(mutex_);
  void add_tokens(const Matcher& matcher, Mask& mask) const;

  std::shared_ptr<const Grammar> grammar_;
  std::shared_ptr<const Vocabulary> vocabulary_;
  TokenTrie said_;
  base::Mutex mutex_;
  MaskTree tree_ GUARDED_BY(mutex_);
};

}  // namespace hearth::constraint
