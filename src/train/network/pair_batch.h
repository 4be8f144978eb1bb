// Texts that belong together and texts that do not, as a network reads them at once: every text is
// a segment, and each pair has a query, a document that it should find, and perhaps near-misses
// that it should not.
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <vector>

#include "train/network/batch.h"

namespace hearth::train {

// What tells that two texts are not to be held against each other.
struct TextMark {
  std::uint64_t about = 0;  // what it says; pairs about the same are no rivals
  std::uint64_t text = 0;   // its very words
};

struct PairBatch {
  struct Pair {
    std::size_t query = 0;  // segments of `texts`
    std::size_t document = 0;
  };

  Batch texts;                  // without targets
  std::vector<TextMark> marks;  // one for each segment
  std::vector<Pair> pairs;      // what is in none of them is a near-miss

  void clear() {
    texts.clear();
    marks.clear();
    pairs.clear();
  }
};

}  // namespace hearth::train
