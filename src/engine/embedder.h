// Texts to vectors, on a context of its own that is made when first needed.
//
// Threads: confined to the engine's thread.
#pragma once

#include <atomic>

#include "base/cancellation.h"
#include "base/result.h"
#include "chat/request.h"
#include "engine/model.h"

namespace hearth::engine {

class Embedder {
 public:
  // `tokens_max` bounds one text, and with it the memory of the context.
  Embedder(const Model& model, ggml_threadpool* threads, std::int32_t thread_count,
           std::size_t tokens_max)
      : model_(model), threads_(threads), thread_count_(thread_count), tokens_max_(tokens_max) {}

  // One L2-normalised vector per text. kContextOverflow names the text that is too long;
  // kCancelled between texts.
  Result<chat::Embeddings> embed(const chat::EmbedRequest& request, const base::CancelToken& cancel,
                                 const std::atomic<bool>& stopping);

 private:
  Result<void> ensure_context(std::size_t tokens);
  Result<std::vector<float>> embed_tokens(std::vector<Token> tokens);

  const Model& model_;
  ggml_threadpool* threads_;
  std::int32_t thread_count_;
  std::size_t tokens_max_;
  LlamaContext context_;
};

}  // namespace hearth::engine
