#include "engine/embedder.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/guarded.h"
#include "engine/limits.h"
#include "engine/llama_log.h"

namespace hearth::engine {

namespace {

constexpr std::size_t kContextMin = 512;

// Fails for what is no vector: a weight that is no number makes all of it none.
Result<void> normalise(std::vector<float>& vector) {
  double sum = 0;
  for (const float value : vector)
    sum += static_cast<double>(value) * value;
  if (!std::isfinite(sum)) return fail(Code::kInternal, "this model gives vectors of no numbers");
  const auto scale = static_cast<float>(sum > 0 ? 1.0 / std::sqrt(sum) : 0.0);
  for (float& value : vector)
    value *= scale;
  return {};
}

}  // namespace

void Embedder::compute_with(std::int32_t threads) {
  if (threads == thread_count_) return;
  thread_count_ = threads;
  if (context_) llama_set_n_threads(context_.get(), threads, threads);
}

Result<void> Embedder::ensure_context(std::size_t tokens) {
  if (context_ && llama_n_ctx(context_.get()) >= tokens) return {};
  context_.reset();
  llama_context_params params = llama_context_default_params();
  // An encoder sees its whole input at once: batch and ubatch are the longest input.
  params.n_ctx = static_cast<std::uint32_t>(
      std::max(std::min<std::size_t>(std::bit_ceil(tokens), longest_), kContextMin));
  params.n_batch = params.n_ctx;
  params.n_ubatch = params.n_ctx;
  params.n_seq_max = 1;
  params.n_threads = thread_count_;
  params.n_threads_batch = thread_count_;
  params.embeddings = true;
  params.abort_callback = abort_;
  params.abort_callback_data = abort_data_;
  if (model_.metadata(model_.architecture() + ".pooling_type").empty()) {
    params.pooling_type = LLAMA_POOLING_TYPE_MEAN;
  }
  context_.reset(HEARTH_TRY(
      guarded("make room to embed", [&] { return llama_init_from_model(model_.raw(), params); })));
  if (!context_) {
    return fail(Code::kOutOfMemory, "no memory for an embedding context of " +
                                        std::to_string(params.n_ctx) + " tokens");
  }
  HEARTH_TRY(model_.adapt(context_.get()));
  llama_attach_threadpool(context_.get(), threads_, threads_);
  return {};
}

std::size_t Embedder::dimensions() const {
  return static_cast<std::size_t>(llama_model_n_embd_out(model_.raw()));
}

Result<std::vector<float>> Embedder::embed(std::vector<Token> tokens, std::size_t dimensions) {
  HEARTH_TRY(ensure_context(tokens.size()));
  llama_memory_t memory = llama_get_memory(context_.get());
  if (memory != nullptr) llama_memory_clear(memory, false);
  const auto count = static_cast<std::int32_t>(tokens.size());
  const int code = HEARTH_TRY(guarded("embed this text", [&] {
    return llama_decode(context_.get(), llama_batch_get_one(tokens.data(), count));
  }));
  expect_no_abort();
  if (code == kDecodeAborted) return fail(Code::kCancelled, "cancelled");
  if (code != 0) {
    return fail(Code::kInternal, "llama.cpp could not embed: code " + std::to_string(code));
  }
  return read_vector(dimensions);
}

// The first numbers say the most where a model was trained for that, and are as good as any
// others where it was not.
Result<std::vector<float>> Embedder::read_vector(std::size_t dimensions) const {
  const float* row = llama_get_embeddings_seq(context_.get(), 0);
  if (row == nullptr) row = llama_get_embeddings_ith(context_.get(), -1);
  if (row == nullptr) return fail(Code::kInvalidArgument, "this model gives no embeddings");
  std::vector<float> vector(row, row + dimensions);
  HEARTH_TRY(normalise(vector));
  return vector;
}

Error Embedder::too_long(std::size_t input, const std::string& tokens) const {
  return make_error(Code::kContextOverflow, "input " + std::to_string(input) + " has " + tokens +
                                                " tokens; this model embeds at most " +
                                                std::to_string(longest_) +
                                                " of one input: cut it into parts");
}

}  // namespace hearth::engine
