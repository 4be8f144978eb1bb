// llama.cpp's own grammars, to compare ours with: a vocabulary without a model, and what a
// grammar allows next. No header of llama.cpp leaks out of here.
//
// Ownership: a LlamaGrammar borrows its vocabulary.
// Threads:   thread-compatible.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "constraint/rules.h"

struct llama_model;
struct llama_sampler;
struct llama_vocab;

namespace hearth::constraint {

class LlamaVocabulary {
 public:
  // REQUIRES: the file is one of llama.cpp's ggml-vocab-*.gguf.
  explicit LlamaVocabulary(const std::string& path);
  ~LlamaVocabulary();
  LlamaVocabulary(const LlamaVocabulary&) = delete;
  LlamaVocabulary& operator=(const LlamaVocabulary&) = delete;

  // The bytes of each token; control tokens and unknown ones have none.
  const std::vector<std::string>& texts() const { return texts_; }
  // The tokens that end an answer.
  const std::vector<Token>& ends() const { return ends_; }
  const llama_vocab* get() const { return vocab_; }

 private:
  llama_model* model_;
  const llama_vocab* vocab_;
  std::vector<std::string> texts_;
  std::vector<Token> ends_;
};

class LlamaGrammar {
 public:
  // Nothing where llama.cpp refuses the grammar.
  static std::unique_ptr<LlamaGrammar> create(const LlamaVocabulary& vocabulary,
                                              const std::string& grammar);
  ~LlamaGrammar();
  LlamaGrammar(const LlamaGrammar&) = delete;
  LlamaGrammar& operator=(const LlamaGrammar&) = delete;

  // For each token whether it may come next.
  std::vector<bool> allowed() const;
  // Whether it can be accepted: llama.cpp allows some tokens that it then cannot accept.
  bool accepts(Token token) const;
  // REQUIRES: it is allowed and can be accepted.
  void accept(Token token);

 private:
  LlamaGrammar(llama_sampler* sampler, std::size_t tokens) : sampler_(sampler), tokens_(tokens) {}

  llama_sampler* sampler_;
  std::size_t tokens_;
};

}  // namespace hearth::constraint
