// The weights of one model and its vocabulary, loaded from an open file. It computes nothing.
//
// Threads:   immutable after load; tokenizing is thread-safe.
// Ownership: everything made from a Model must go before it.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "engine/llama_handles.h"
#include "engine/token.h"

namespace hearth::engine {

static_assert(std::is_same_v<Token, llama_token>);

enum class SpecialText : bool { kPlain, kParsed };  // is "<|im_start|>" text or a control token?
enum class SpecialEnds : bool { kNone, kAdded };    // the model's own begin and end tokens

// What a model is loaded from.
struct ModelFiles {
  ModelFiles(std::vector<Fd> open, std::vector<std::string> paths)
      : files(std::move(open)), parts(std::move(paths)) {}
  explicit ModelFiles(Fd file) { files.push_back(std::move(file)); }

  std::vector<Fd> files;           // the model's, and those of the adapters that change it
  std::vector<std::string> parts;  // of a divided model all its files, read in place of the first
};

class Model {
 public:
  struct Options {
    std::int32_t gpu_layers = -1;
  };
  // `progress` gets 0…1 on the calling thread. Files are read from their beginning and may be
  // deleted afterwards. Weights that llama.cpp cannot load are kCorrupt; adapters that do not
  // belong to the model kInvalidArgument. REQUIRES: at least one file.
  static Result<std::unique_ptr<Model>> load(ModelFiles files, const Options& options,
                                             std::function<void(float)> progress);

  Result<std::vector<Token>> tokenize(std::string_view text, SpecialText special,
                                      SpecialEnds ends) const;
  // What a client wrote: no control token comes of it, nor a mark of turns that the file declares
  // as a word of its own, for which kPlain would be no help (gpt-oss).
  Result<std::vector<Token>> tokenize_as_text(std::string_view text, SpecialEnds ends) const;
  // The fewest tokens that this many bytes of text can become; 0 when that cannot be told.
  std::size_t tokens_at_least(std::size_t bytes) const;
  // What SpecialEnds::kAdded puts before and after a text; nothing for models that want none.
  std::optional<Token> begin_token() const;
  std::optional<Token> end_token() const;
  // The bytes of a token; not always whole characters. Control tokens are empty, unless parsed text
  // is asked for, of which they can be made again. REQUIRES: a token of the vocabulary.
  Result<std::string> piece(Token token, SpecialText special = SpecialText::kPlain) const;
  bool ends_answer(Token token) const { return llama_vocab_is_eog(vocab_, token); }
  const std::vector<Token>& end_tokens() const { return end_tokens_; }
  // The texts that tokenize to control tokens, or to marks of turns.
  const std::vector<std::string>& special_texts() const { return special_texts_; }
  // Empty when the file brings none.
  const std::string& chat_template() const { return chat_template_; }

  // False for encoders, which only embed.
  bool generates() const;
  // False for those that judge a pair of texts, and for those whose vectors need a decoder beside.
  bool embeds() const;
  std::string architecture() const { return metadata("general.architecture"); }
  std::string description() const;  // "qwen2 0.5B Q4_K - Medium"
  // A scalar of the file's metadata as text; empty when there is none.
  std::string metadata(const std::string& key) const;
  llama_model* raw() const { return model_.get(); }
  // Its adapters change what this context computes.
  Result<void> adapt(llama_context* context) const;
  const llama_vocab* vocab() const { return vocab_; }
  std::int32_t vocabulary() const { return llama_vocab_n_tokens(vocab_); }

 private:
  explicit Model(LlamaModel model);

  Result<void> add_adapter(Fd file);
  std::size_t find_mark(std::string_view text, std::size_t from) const;  // npos: none

  LlamaModel model_;
  std::vector<LlamaAdapter> adapters_;  // each before its model goes
  const llama_vocab* vocab_;
  std::size_t longest_text_ = 1;  // bytes of the longest token's text
  std::vector<Token> end_tokens_;
  std::vector<std::string> special_texts_;
  std::vector<std::string> declared_marks_;  // of those, the ones that kPlain does not keep text
  std::string chat_template_;
};

}  // namespace hearth::engine
