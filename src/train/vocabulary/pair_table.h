// The pairs of neighbouring tokens in a set of words, how often each occurs, and the words as they
// become when one pair after another is joined. What makes learning quick: joining a pair touches
// only the words that hold it, and the most frequent pair is found through a heap.
//
// Threads:    thread-compatible.
// Invariants: the same words give the same pairs in the same order; of equally frequent ones the
//             pair of the older tokens comes first.
#pragma once

#include <cstdint>
#include <queue>
#include <unordered_map>
#include <vector>

#include "train/vocabulary/word_counts.h"

namespace hearth::train {

struct TokenPair {
  std::uint32_t left = 0;
  std::uint32_t right = 0;
  bool operator==(const TokenPair&) const = default;
};

class PairTable {
 public:
  // Tokens are bytes at first.
  explicit PairTable(const std::vector<WordCount>& words);

  struct Best {
    TokenPair pair;
    std::uint64_t count = 0;  // 0: no pair is left
  };
  // Takes the most frequent pair; no pair is taken twice.
  Best take_best();
  // Where the pair stands, `joined` stands from now on.
  // REQUIRES: `joined` is a token that stood nowhere yet.
  void join(TokenPair pair, std::uint32_t joined);

 private:
  struct Word {
    std::vector<std::uint32_t> tokens;
    std::uint64_t count = 0;
  };
  struct Pair {
    std::uint64_t count = 0;
    bool taken = false;
    std::vector<std::uint32_t> words;  // where it stands or stood
  };
  struct Entry {
    std::uint64_t count = 0;
    std::uint64_t key = 0;
    bool operator<(const Entry& other) const {
      return count != other.count ? count < other.count : key > other.key;
    }
  };
  static std::uint64_t key_of(TokenPair pair) {
    return std::uint64_t{pair.left} << 32 | pair.right;
  }
  void uncount(const Word& word);
  void count(std::uint32_t index, std::uint32_t joined);

  std::vector<Word> words_;
  std::unordered_map<std::uint64_t, Pair> pairs_;
  // A pair grows only while the join that makes it goes on, so its entry never has too low a count:
  // one that is too high is put back with what is left.
  std::priority_queue<Entry> heap_;
  std::vector<std::uint64_t> fresh_;  // pairs that the join at hand has made
};

}  // namespace hearth::train
