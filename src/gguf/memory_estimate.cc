#include "gguf/memory_estimate.h"

#include <algorithm>
#include <limits>

#include "gguf/types.h"

namespace hearth::gguf {

namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kFloatBytes = 4;
constexpr std::uint64_t kMaskBytes = 2;  // per token of a step and token of the context
// llama.cpp rounds a pool up to this many tokens.
constexpr std::uint64_t kPoolStep = 256;

std::uint64_t add(std::uint64_t left, std::uint64_t right) {
  return left > kMost - right ? kMost : left + right;
}

std::uint64_t multiply(std::uint64_t left, std::uint64_t right) {
  return right != 0 && left > kMost / right ? kMost : left * right;
}

TensorType tensor_type_of(KvType type) {
  switch (type) {
    case KvType::kF32:
      return TensorType::kF32;
    case KvType::kF16:
      return TensorType::kF16;
    case KvType::kQ8_0:
      return TensorType::kQ8_0;
    case KvType::kQ4_0:
      return TensorType::kQ4_0;
  }
  return TensorType::kF16;
}

std::uint64_t row_bytes(KvType type, std::uint64_t numbers) {
  const TensorTypeFacts& facts = facts_of(tensor_type_of(type));
  const std::uint64_t blocks =
      numbers / facts.block_elements + (numbers % facts.block_elements != 0 ? 1 : 0);
  return multiply(blocks, facts.block_bytes);
}

std::uint64_t kv_bytes(const ModelFacts& facts, const MemoryRequest& request,
                       std::uint64_t pool_tokens) {
  if (facts.is_encoder) return 0;
  std::uint64_t per_token = 0;
  for (const std::uint32_t heads : facts.heads_kv) {
    const std::uint64_t keys = std::uint64_t{heads} * facts.key_length;
    const std::uint64_t values = facts.joint_kv ? 0 : std::uint64_t{heads} * facts.value_length;
    per_token =
        add(per_token, add(row_bytes(request.kv_type, keys), row_bytes(request.kv_type, values)));
  }
  const std::uint64_t states = multiply(
      multiply(facts.recurrent.layers, facts.recurrent.state_bytes_per_layer), request.sequences);
  return add(multiply(per_token, pool_tokens), states);
}

// The two widest moments of a step share one buffer: the logits, and the feed-forward of a layer
// with the attention mask beside it.
std::uint64_t compute_bytes(const ModelFacts& facts, const MemoryRequest& request,
                            std::uint64_t pool_tokens) {
  const std::uint64_t width = multiply(facts.embedding, kFloatBytes);
  const std::uint64_t logits = facts.is_encoder ? 0 : multiply(facts.vocabulary, kFloatBytes);
  const std::uint64_t active =
      std::max<std::uint64_t>(facts.feed_forward, std::uint64_t{facts.heads} * facts.key_length);
  const std::uint64_t layer = add(add(multiply(active, 2 * kFloatBytes), multiply(width, 6)),
                                  multiply(pool_tokens, kMaskBytes));
  const std::uint64_t per_token = std::max(add(logits, multiply(width, 2)), layer);
  const std::uint64_t step = facts.is_encoder ? pool_tokens : request.step_tokens;
  return add(multiply(per_token, step), multiply(logits, request.sequences));
}

}  // namespace

std::uint64_t MemoryEstimate::total_bytes() const {
  return add(add(weight_bytes, kv_bytes), compute_bytes);
}

MemoryEstimate estimate_memory(const ModelFacts& facts, const MemoryRequest& request) {
  // An encoder never gets more than it was trained for.
  const std::uint64_t tokens =
      facts.is_encoder && facts.context_trained > 0
          ? std::min<std::uint64_t>(request.context_tokens, facts.context_trained)
          : request.context_tokens;
  const std::uint64_t pool_tokens = multiply(add(tokens, kPoolStep - 1) / kPoolStep, kPoolStep);
  return {facts.weight_bytes, kv_bytes(facts, request, pool_tokens),
          compute_bytes(facts, request, pool_tokens)};
}

}  // namespace hearth::gguf
