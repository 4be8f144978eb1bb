#include "train/vocabulary/pair_table.h"

#include <utility>

namespace hearth::train {

namespace {

void join_tokens(std::vector<std::uint32_t>& tokens, TokenPair pair, std::uint32_t joined) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const bool here =
        i + 1 < tokens.size() && tokens[i] == pair.left && tokens[i + 1] == pair.right;
    tokens[kept++] = here ? joined : tokens[i];
    if (here) ++i;
  }
  tokens.resize(kept);
}

}  // namespace

PairTable::PairTable(const std::vector<WordCount>& words) {
  words_.reserve(words.size());
  for (const WordCount& each : words) {
    Word word{{}, each.count};
    for (const char byte : each.word)
      word.tokens.push_back(static_cast<unsigned char>(byte));
    words_.push_back(std::move(word));
  }
  for (std::uint32_t index = 0; index < words_.size(); ++index) {
    const Word& word = words_[index];
    for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i) {
      Pair& pair = pairs_[key_of({word.tokens[i], word.tokens[i + 1]})];
      pair.count += word.count;
      if (pair.words.empty() || pair.words.back() != index) pair.words.push_back(index);
    }
  }
  for (const auto& [key, pair] : pairs_)
    heap_.push({pair.count, key});
}

PairTable::Best PairTable::take_best() {
  while (!heap_.empty()) {
    const Entry entry = heap_.top();
    heap_.pop();
    Pair& pair = pairs_[entry.key];
    if (pair.taken || pair.count == 0) continue;
    if (pair.count != entry.count) {
      heap_.push({pair.count, entry.key});
      continue;
    }
    pair.taken = true;
    const TokenPair tokens{static_cast<std::uint32_t>(entry.key >> 32),
                           static_cast<std::uint32_t>(entry.key)};
    return {tokens, entry.count};
  }
  return {};
}

void PairTable::join(TokenPair pair, std::uint32_t joined) {
  const std::vector<std::uint32_t> where = std::exchange(pairs_[key_of(pair)].words, {});
  for (const std::uint32_t index : where) {
    Word& word = words_[index];
    const std::size_t before = word.tokens.size();
    std::vector<std::uint32_t> tokens = word.tokens;
    join_tokens(tokens, pair, joined);
    if (tokens.size() == before) continue;
    uncount(word);
    word.tokens = std::move(tokens);
    count(index, joined);
  }
  // Every pair with the new token is new, and is offered once, with what it came to.
  for (const std::uint64_t key : fresh_)
    heap_.push({pairs_[key].count, key});
  fresh_.clear();
}

void PairTable::uncount(const Word& word) {
  for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i)
    pairs_[key_of({word.tokens[i], word.tokens[i + 1]})].count -= word.count;
}

void PairTable::count(std::uint32_t index, std::uint32_t joined) {
  const Word& word = words_[index];
  for (std::size_t i = 0; i + 1 < word.tokens.size(); ++i) {
    const TokenPair tokens{word.tokens[i], word.tokens[i + 1]};
    Pair& pair = pairs_[key_of(tokens)];
    pair.count += word.count;
    if (tokens.left != joined && tokens.right != joined) continue;
    if (pair.words.empty()) fresh_.push_back(key_of(tokens));
    if (pair.words.empty() || pair.words.back() != index) pair.words.push_back(index);
  }
}

}  // namespace hearth::train
