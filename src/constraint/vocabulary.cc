#include "constraint/vocabulary.h"

namespace hearth::constraint {

namespace {

TokenTrie trie_of(const std::vector<std::string>& texts) {
  std::vector<std::pair<std::string_view, Token>> tokens;
  tokens.reserve(texts.size());
  for (std::size_t token = 0; token < texts.size(); ++token)
    tokens.emplace_back(texts[token], static_cast<Token>(token));
  return TokenTrie(std::move(tokens));
}

}  // namespace

Vocabulary::Vocabulary(std::vector<std::string> texts, std::span<const Token> ends)
    : texts_(std::move(texts)), trie_(trie_of(texts_)) {
  for (const Token end : ends) {
    if (end >= 0 && static_cast<std::size_t>(end) < texts_.size()) ends_.push_back(end);
  }
}

std::shared_ptr<const Vocabulary> Vocabulary::create(std::vector<std::string> texts,
                                                     std::span<const Token> ends) {
  return std::shared_ptr<const Vocabulary>(new Vocabulary(std::move(texts), ends));
}

}  // namespace hearth::constraint
