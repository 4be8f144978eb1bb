// Texts to vectors, on a context of its own that is made when first needed.
//
// Threads: embed is confined to the engine's thread; longest and too_long are thread-safe.
#pragma once

#include <cstdint>
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

  // One L2-normalised vector; kCancelled when it was aborted.
  Result<std::vector<float>> embed(std::vector<Token> tokens);

  std::size_t longest() const { return longest_; }
  // kContextOverflow with the numbers, for a text above longest().
  Error too_long(std::size_t text, std::size_t tokens) const;

 private:
  Result<void> ensure_context(std::size_t tokens);
  Result<std::vector<float>> read_vector() const;

  const Model& model_;
  ggml_threadpool* threads_;
  std::int32_t thread_count_;
  std::uint32_t longest_;
  ggml_abort_callback abort_ = nullptr;
  void* abort_data_ = nullptr;
  LlamaContext context_;
};

}  // namespace hearth::engine
