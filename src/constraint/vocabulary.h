// The texts of a model's tokens, ordered so that those with the same beginning stand together.
// It knows no model: whoever has one brings the texts.
//
// Ownership: shared; immutable and thread-safe. Takes some 10 MB for 150,000 tokens.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "constraint/rules.h"
#include "constraint/token_trie.h"

namespace hearth::constraint {

class Vocabulary {
 public:
  // texts[t] are the bytes of token t; a token without any (a control token) is never allowed by
  // bytes. `ends` are the tokens that end an answer: allowed where the text may end, and nowhere
  // else.
  static std::shared_ptr<const Vocabulary> create(std::vector<std::string> texts,
                                                  std::span<const Token> ends);

  std::size_t size() const { return texts_.size(); }
  // REQUIRES: 0 <= token < size().
  std::string_view text(Token token) const { return texts_[static_cast<std::size_t>(token)]; }
  std::span<const Token> ends() const { return ends_; }
  const TokenTrie& trie() const { return trie_; }

 private:
  Vocabulary(std::vector<std::string> texts, std::span<const Token> ends);

  std::vector<std::string> texts_;
  std::vector<Token> ends_;
  TokenTrie trie_;
};

}  // namespace hearth::constraint
