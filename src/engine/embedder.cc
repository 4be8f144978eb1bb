#include "engine/embedder.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/guarded.h"
#include "engine/limits.h"

namespace hearth::engine {

namespace {

constexpr std::size_t kContextMin = 512;

void normalise(std::vector<float>& vector) {
  double sum = 0;
  for (const float value : vector)
    sum += static_cast<double>(value) * value;
  const auto scale = static_cast<float>(sum > 0 ? 1.0 / std::sqrt(sum) : 0.0);
  for (float& value : vector)
    value *= scale;
}

}  // namespace

Result<void> Embedder::ensure_context(std::size_t tokens) {
  if (context_ && llama_n_ctx(context_.get()) >= tokens) return {};
  context_.reset();
  llama_context_params params = llama_context_default_params();
  // An encoder sees its whole input at once: batch and ubatch are the longest input.
  params.n_ctx = static_cast<std::uint32_t>(std::bit_ceil(std::max(tokens, kContextMin)));
  params.n_batch = params.n_ctx;
  params.n_ubatch = params.n_ctx;
  params.n_seq_max = 1;
  params.n_threads = thread_count_;
  params.n_threads_batch = thread_count_;
  params.embeddings = true;
  if (model_.metadata(model_.architecture() + ".pooling_type").empty()) {
    params.pooling_type = LLAMA_POOLING_TYPE_MEAN;
  }
  context_.reset(llama_init_from_model(model_.raw(), params));
  if (!context_) {
    return fail(Code::kOutOfMemory, "no memory for an embedding context of " +
                                        std::to_string(params.n_ctx) + " tokens");
  }
  llama_attach_threadpool(context_.get(), threads_, threads_);
  return {};
}

Result<std::vector<float>> Embedder::embed_tokens(std::vector<Token> tokens) {
  HEARTH_TRY(ensure_context(tokens.size()));
  llama_memory_t memory = llama_get_memory(context_.get());
  if (memory != nullptr) llama_memory_clear(memory, false);
  const auto count = static_cast<std::int32_t>(tokens.size());
  const int code = HEARTH_TRY(guarded("embed", [&] {
    return llama_decode(context_.get(), llama_batch_get_one(tokens.data(), count));
  }));
  if (code != 0) {
    return fail(Code::kInternal, "llama.cpp could not embed: code " + std::to_string(code));
  }
  const float* row = llama_get_embeddings_seq(context_.get(), 0);
  if (row == nullptr) row = llama_get_embeddings_ith(context_.get(), -1);
  if (row == nullptr) return fail(Code::kUnimplemented, "this model gives no embeddings");
  std::vector<float> vector(row, row + llama_model_n_embd_out(model_.raw()));
  normalise(vector);
  return vector;
}

Result<chat::Embeddings> Embedder::embed(const chat::EmbedRequest& request,
                                         const base::CancelToken& cancel,
                                         const std::atomic<bool>& stopping) {
  chat::Embeddings result;
  result.dimensions = static_cast<std::uint32_t>(llama_model_n_embd_out(model_.raw()));
  for (std::size_t i = 0; i < request.texts.size(); ++i) {
    if (cancel.cancelled()) return fail(Code::kCancelled, "cancelled");
    if (stopping) return fail(Code::kUnavailable, "the model was unloaded");
    auto tokens =
        HEARTH_TRY(model_.tokenize(request.texts[i], SpecialText::kPlain, SpecialEnds::kAdded));
    if (tokens.empty())
      return fail(Code::kInvalidArgument, "text " + std::to_string(i) + " is empty");
    if (tokens.size() > tokens_max_) {
      return fail(Code::kContextOverflow,
                  "text " + std::to_string(i) + " has " + std::to_string(tokens.size()) +
                      " tokens; as it is loaded, this model embeds at most " +
                      std::to_string(tokens_max_));
    }
    result.prompt_tokens += static_cast<std::uint32_t>(tokens.size());
    const auto vector = HEARTH_TRY(embed_tokens(std::move(tokens)));
    result.values.insert(result.values.end(), vector.begin(), vector.end());
  }
  return result;
}

}  // namespace hearth::engine
