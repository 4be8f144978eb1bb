// A batch of pairs of random tokens, some with near-misses. For tests.
#pragma once

#include <random>

#include "train/network/pair_batch.h"

namespace hearth::train::testing {

inline constexpr std::uint32_t kPairVocabulary = 50;

inline std::size_t add_text(PairBatch& batch, std::mt19937& random, const TextMark& mark) {
  const std::size_t length = 1 + random() % 12;
  batch.texts.segments.push_back({batch.texts.tokens.size(), length});
  for (std::size_t i = 0; i < length; ++i)
    batch.texts.tokens.push_back(static_cast<std::int32_t>(random() % kPairVocabulary));
  batch.marks.push_back(mark);
  return batch.texts.segments.size() - 1;
}

// Twenty pairs; every third has two near-misses, and two of them are about the same.
inline PairBatch make_pairs() {
  PairBatch batch;
  std::mt19937 random(7);
  constexpr std::uint64_t kPairs = 20;
  std::uint64_t text = 0;
  for (std::uint64_t i = 0; i < kPairs; ++i) {
    const std::uint64_t about = i == 1 ? 0 : i;
    PairBatch::Pair pair;
    pair.query = add_text(batch, random, {about, ++text});
    pair.document = add_text(batch, random, {about, ++text});
    batch.pairs.push_back(pair);
    if (i % 3 != 0) continue;
    add_text(batch, random, {kPairs + text, text + 1});
    add_text(batch, random, {kPairs + text + 1, text + 2});
    text += 2;
  }
  return batch;
}

}  // namespace hearth::train::testing
