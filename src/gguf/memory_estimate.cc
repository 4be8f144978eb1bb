#include "gguf/memory_estimate.h"

#include <algorithm>
#include <limits>

#include "base/units.h"
#include "gguf/architectures.h"
#include "gguf/types.h"

namespace hearth::gguf {

namespace {

constexpr std::uint64_t kMost = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kFloatBytes = 4;
constexpr std::uint64_t kMaskBytes = 2;    // per token of a step and token of the context
constexpr std::uint64_t kPlaceBytes = 14;  // per token of the context, beside each mask
// What a layer holds beside its widest product, in widths of the model.
constexpr std::uint64_t kEncoderWidths = 6;
constexpr std::uint64_t kDecoderWidths = 9;

// Of a runner; bench-fit has measured them.
constexpr std::uint64_t kDecoderProgramBytes = 16'800 * base::kKiB;
constexpr std::uint64_t kEncoderProgramBytes = 13'300 * base::kKiB;
constexpr std::uint64_t kTokenTextBytes = 99;   // a token of the vocabulary, both ways
constexpr std::uint64_t kMergeBytes = 129;      // a pair that may be joined
constexpr std::uint64_t kPoolTokenBytes = 300;  // a token of the context, as it is kept account of
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

// One mask for all layers, and another where some see only a window.
std::uint64_t mask_bytes(const ModelFacts& facts, std::uint64_t step, std::uint64_t pool_tokens) {
  const bool attends = facts.is_encoder || std::any_of(facts.heads_kv.begin(), facts.heads_kv.end(),
                                                       [](auto heads) { return heads > 0; });
  const std::uint64_t masks = !attends ? 0 : facts.sliding_window > 0 ? 2 : 1;
  const std::uint64_t places = facts.is_encoder ? 0 : multiply(pool_tokens, kPlaceBytes);
  return multiply(masks, add(multiply(multiply(pool_tokens, kMaskBytes), step), places));
}

// The two widest moments of a step share one buffer: the logits, and the feed-forward of a layer
// with the attention mask beside it. The rows that are read afterwards have one of their own; an
// encoder has one of logits for each token of its input, though nobody reads it.
std::uint64_t compute_bytes(const ModelFacts& facts, const MemoryRequest& request,
                            std::uint64_t pool_tokens) {
  const std::uint64_t width = multiply(facts.embedding, kFloatBytes);
  const std::uint64_t row = multiply(facts.vocabulary, kFloatBytes);
  const std::uint64_t step = facts.is_encoder ? pool_tokens : request.step_tokens;
  const std::uint64_t active =
      std::max<std::uint64_t>(facts.feed_forward, std::uint64_t{facts.heads} * facts.key_length);
  const std::uint64_t products = has_plain_feed_forward(facts.architecture) ? 1 : 2;
  const std::uint64_t widths = facts.is_encoder ? kEncoderWidths : kDecoderWidths;
  const std::uint64_t layer =
      add(multiply(step, add(multiply(active, products * kFloatBytes), multiply(width, widths))),
          mask_bytes(facts, step, pool_tokens));
  if (facts.is_encoder) return add(layer, multiply(pool_tokens, add(row, width)));
  const std::uint64_t rows = multiply(row, request.sequences);
  return add(std::max(layer, add(rows, multiply(step, width))), rows);
}

std::uint64_t program_bytes(const ModelFacts& facts, std::uint64_t pool_tokens) {
  const std::uint64_t vocabulary =
      add(multiply(facts.vocabulary, kTokenTextBytes), multiply(facts.merges, kMergeBytes));
  if (facts.is_encoder) return add(kEncoderProgramBytes, vocabulary);
  return add(add(kDecoderProgramBytes, vocabulary), multiply(pool_tokens, kPoolTokenBytes));
}

}  // namespace

std::uint64_t MemoryEstimate::total_bytes() const {
  return add(add(weight_bytes, kv_bytes), add(compute_bytes, program_bytes));
}

MemoryEstimate estimate_memory(const ModelFacts& facts, const MemoryRequest& request) {
  // An encoder never gets more than it was trained for.
  const std::uint64_t tokens =
      facts.is_encoder && facts.context_trained > 0
          ? std::min<std::uint64_t>(request.context_tokens, facts.context_trained)
          : request.context_tokens;
  const std::uint64_t pool_tokens = multiply(add(tokens, kPoolStep - 1) / kPoolStep, kPoolStep);
  return {facts.weight_bytes, kv_bytes(facts, request, pool_tokens),
          compute_bytes(facts, request, pool_tokens), program_bytes(facts, pool_tokens)};
}

}  // namespace hearth::gguf
