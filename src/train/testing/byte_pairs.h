// Byte pairs the slow way, to hold the quick way against. For tests.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "train/vocabulary/vocabulary.h"
#include "train/vocabulary/words.h"

namespace hearth::train::testing {

inline std::vector<std::uint32_t> byte_tokens(std::string_view word) {
  std::vector<std::uint32_t> tokens;
  for (const char byte : word)
    tokens.push_back(static_cast<unsigned char>(byte));
  return tokens;
}

// Joins what was learned first, from the left, until nothing more can be joined.
inline void join_all(const Vocabulary& vocabulary, std::vector<std::uint32_t>& tokens) {
  std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> ranks;
  for (std::uint32_t rank = 0; rank < vocabulary.merges.size(); ++rank)
    ranks[{vocabulary.merges[rank].left, vocabulary.merges[rank].right}] = rank;
  while (true) {
    std::optional<std::pair<std::uint32_t, std::size_t>> best;  // rank, place
    for (std::size_t i = 0; i + 1 < tokens.size(); ++i) {
      const auto found = ranks.find({tokens[i], tokens[i + 1]});
      if (found != ranks.end() && (!best || found->second < best->first)) best = {found->second, i};
    }
    if (!best) return;
    tokens[best->second] = kByteTokens + best->first;
    tokens.erase(tokens.begin() + static_cast<std::ptrdiff_t>(best->second) + 1);
  }
}

// Text without special tokens.
inline std::vector<std::uint32_t> encode(const Vocabulary& vocabulary, std::string_view text) {
  std::vector<std::uint32_t> all;
  Words words(text);
  for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
    std::vector<std::uint32_t> tokens = byte_tokens(word);
    join_all(vocabulary, tokens);
    all.insert(all.end(), tokens.begin(), tokens.end());
  }
  return all;
}

inline Vocabulary learn(const std::vector<std::string_view>& texts, std::uint32_t size) {
  WordCounts counts;
  for (const std::string_view text : texts)
    counts.add(text);
  return Vocabulary::learn(counts.sorted(), size).value();
}

}  // namespace hearth::train::testing
