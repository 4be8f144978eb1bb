// What a model's tokens say, and how a text is said in tokens: for constraints, which know texts,
// on a model, which knows tokens. Made when the first constraint comes: it takes some 50 ms and
// 20 MB for 150,000 tokens.
//
// Ownership: borrows the model, which must outlive it.
// Threads:   immutable; thread-safe.
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "constraint/vocabulary.h"
#include "engine/guide.h"
#include "engine/model.h"

namespace hearth::engine {

class Lexicon {
 public:
  static Result<std::unique_ptr<Lexicon>> create(const Model& model);

  const std::shared_ptr<const constraint::Vocabulary>& vocabulary() const { return vocabulary_; }
  // Tokens whose texts make up exactly this one, the way the model was taught to cut it where that
  // can be had. None where the vocabulary cannot say it.
  std::vector<Token> spell(std::string_view text) const;
  // The token with exactly this text, also of a control token.
  std::optional<Token> find(std::string_view text) const;

 private:
  explicit Lexicon(const Model& model) : model_(model) {}
  bool says(const std::vector<Token>& tokens, std::size_t from, std::string_view text) const;
  std::vector<Token> spell_after_newline(std::string_view text) const;
  std::vector<Token> spell_bytes(std::string_view text) const;

  const Model& model_;
  std::shared_ptr<const constraint::Vocabulary> vocabulary_;
  std::array<Token, 256> bytes_{};  // the token that is this byte alone; kNoToken if there is none
};

// Control tokens whose text belongs to an answer.
using SaidTokens = std::vector<std::pair<Token, std::string>>;

// What a token says in such an answer.
Result<std::string> text_of(const Model& model, const SaidTokens& said, Token token);

// How one answer is spelled: by its model, and with the control tokens that count as text in it.
// Borrows the lexicon and the model.
Spelling spelling_of(const Lexicon& lexicon, const Model& model, SaidTokens said);

}  // namespace hearth::engine
