#include "llama_grammar.h"

#include <exception>

#include <llama.h>

#include "base/result.h"

namespace hearth::constraint {

namespace {

std::string text_of(const llama_vocab* vocab, Token token) {
  constexpr std::int32_t kNothingStripped = 0;
  constexpr bool kWithControlTokens = false;
  std::string text(32, '\0');
  const auto write = [&] {
    return llama_token_to_piece(vocab, token, text.data(), static_cast<std::int32_t>(text.size()),
                                kNothingStripped, kWithControlTokens);
  };
  std::int32_t size = write();
  if (size < 0) {
    text.resize(static_cast<std::size_t>(-size));
    size = write();
  }
  text.resize(static_cast<std::size_t>(size));
  return text;
}

void log_nothing(ggml_log_level, const char*, void*) {}

}  // namespace

LlamaVocabulary::LlamaVocabulary(const std::string& path) {
  llama_log_set(&log_nothing, nullptr);
  llama_model_params params = llama_model_default_params();
  params.vocab_only = true;
  model_ = llama_model_load_from_file(path.c_str(), params);
  HEARTH_ASSERT(model_ != nullptr);
  vocab_ = llama_model_get_vocab(model_);
  const Token size = llama_vocab_n_tokens(vocab_);
  for (Token token = 0; token < size; ++token) {
    texts_.push_back(text_of(vocab_, token));
    if (llama_vocab_is_eog(vocab_, token)) ends_.push_back(token);
  }
}

LlamaVocabulary::~LlamaVocabulary() {
  llama_model_free(model_);
}

std::unique_ptr<LlamaGrammar> LlamaGrammar::create(const LlamaVocabulary& vocabulary,
                                                   const std::string& grammar) {
  llama_sampler* sampler = llama_sampler_init_grammar(vocabulary.get(), grammar.c_str(), "root");
  if (sampler == nullptr) return nullptr;
  return std::unique_ptr<LlamaGrammar>(new LlamaGrammar(sampler, vocabulary.texts().size()));
}

LlamaGrammar::~LlamaGrammar() {
  llama_sampler_free(sampler_);
}

std::vector<bool> LlamaGrammar::allowed() const {
  std::vector<llama_token_data> candidates;
  candidates.reserve(tokens_);
  for (std::size_t i = 0; i < tokens_; ++i)
    candidates.push_back({static_cast<Token>(i), 0.0F, 0});
  llama_token_data_array all{candidates.data(), candidates.size(), -1, false};
  llama_sampler_apply(sampler_, &all);
  std::vector<bool> allowed(tokens_);
  for (std::size_t i = 0; i < tokens_; ++i)
    allowed[i] = candidates[i].logit == 0.0F;
  return allowed;
}

bool LlamaGrammar::accepts(Token token) const {
  const LlamaGrammar copy(llama_sampler_clone(sampler_), tokens_);
  try {
    llama_sampler_accept(copy.sampler_, token);
    return true;
  } catch (const std::exception&) {
    return false;
  }
}

void LlamaGrammar::accept(Token token) {
  llama_sampler_accept(sampler_, token);
}

}  // namespace hearth::constraint
