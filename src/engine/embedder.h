// Texts to vectors, on a context of its own that is made when first needed.
//
// Threads: embed is confined to the engine's thread; longest and too_long are thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"
#include "engine/model.h"

namespace hearth::engine {

class Embedder {
 public:
  // `longest` is the most tokens of one text, at most what the model was trained on.
  Embedder(const Model& model, ggml_threadpool* threads, std::int32_t thread_count,
           std::uint32_t longest)
      : model_(model), threads_(threads), thread_count_(thread_count), longest_(longest) {}

  // Asked between graph nodes, on the engine's thread; true stops the text at hand.
  void abort_with(ggml_abort_callback callback, void* data) {
    abort_ = callback;
    abort_data_ = data;
  }

  // With so many of the threads, from the next text on.
  void compute_with(std::int32_t threads);
  // One vector of these dimensions, at most the model's, of length 1; kCancelled when it was
  // aborted.
  Result<std::vector<float>> embed(std::vector<Token> tokens, std::size_t dimensions);

  std::size_t dimensions() const;  // of the model
  std::size_t longest() const { return longest_; }
  // kContextOverflow with the numbers, for an input above longest(); `tokens` is how many it has,
  // as words.
  Error too_long(std::size_t input, const std::string& tokens) const;

 private:
  Result<void> ensure_context(std::size_t tokens);
  Result<std::vector<float>> read_vector(std::size_t dimensions) const;

  const Model& model_;
  ggml_threadpool* threads_;
  std::int32_t thread_count_;
  std::uint32_t longest_;
  ggml_abort_callback abort_ = nullptr;
  void* abort_data_ = nullptr;
  LlamaContext context_;
};

}  // namespace hearth::engine
