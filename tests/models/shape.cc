#include "shape.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

namespace hearth::models {

namespace {

constexpr std::array kShapes = {
    // name, family, layers, embedding, feed forward, heads, heads kv, context, rope base, epsilon
    Shape{"tiny-llama", Family::kLlama, 2, 128, 384, 4, 2, 2048, 10000.0F, 1e-5F},
    Shape{"tiny-qwen2", Family::kQwen2, 2, 128, 256, 4, 2, 2048, 1e6F, 1e-6F},
    Shape{"small-qwen2", Family::kQwen2, 6, 256, 768, 4, 2, 8192, 1e6F, 1e-6F},
    Shape{"long-qwen2", Family::kQwen2, 2, 128, 256, 4, 2, 49152, 1e6F, 1e-6F},
    Shape{"qwen2.5-0.5b", Family::kQwen2, 24, 896, 4864, 14, 2, 32768, 1e6F, 1e-6F},
    Shape{"qwen2.5-1.5b", Family::kQwen2, 28, 1536, 8960, 12, 2, 32768, 1e6F, 1e-6F},
    Shape{"tiny-cohere2", Family::kCohere2, 4, 128, 256, 4, 2, 2048, 10000.0F, 1e-5F},
    Shape{"tiny-mamba", Family::kMamba, 2, 128, 0, 0, 0, 2048, 0.0F, 1e-5F},
    Shape{"tiny-bert", Family::kBert, 2, 128, 256, 4, 4, 512, 0.0F, 1e-12F},
    Shape{"tiny-nomic-bert", Family::kNomicBert, 2, 128, 256, 4, 4, 2048, 1000.0F, 1e-12F},
    Shape{"nomic-bert", Family::kNomicBert, 12, 768, 3072, 12, 12, 2048, 1000.0F, 1e-12F},
};

constexpr std::uint64_t kTokenTypes = 2;

class Plan {
 public:
  Plan(const Shape& shape, std::uint64_t vocabulary) : shape_(shape), vocabulary_(vocabulary) {}

  std::vector<PlannedTensor> make() && {
    if (is_encoder(shape_.family)) {
      add_encoder();
    } else {
      add_decoder();
    }
    return std::move(tensors_);
  }

 private:
  std::uint64_t width() const { return shape_.embedding; }
  std::uint64_t width_kv() const { return width() / shape_.heads * shape_.heads_kv; }

  void add(std::string name, std::vector<std::uint64_t> dimensions, Role role) {
    tensors_.push_back({std::move(name), std::move(dimensions), role});
  }

  void add_decoder() {
    add("token_embd.weight", {width(), vocabulary_}, Role::kEmbedding);
    for (std::uint32_t i = 0; i < shape_.layers; ++i)
      add_decoder_layer(fmt::format("blk.{}.", i));
    add("output_norm.weight", {width()}, Role::kNorm);
    // The small Qwen models share the embedding with the output; this llama does not, so that
    // both ways occur.
    if (shape_.family == Family::kLlama) {
      add("output.weight", {width(), vocabulary_}, Role::kEmbedding);
    }
  }

  void add_decoder_layer(const std::string& layer) {
    add(layer + "attn_norm.weight", {width()}, Role::kNorm);
    if (shape_.family == Family::kMamba) return add_recurrence(layer);
    add_attention(layer, shape_.family == Family::kQwen2);
    if (shape_.family != Family::kCohere2) add(layer + "ffn_norm.weight", {width()}, Role::kNorm);
    add_feed_forward(layer, true);
  }

  void add_recurrence(const std::string& layer) {
    const std::uint64_t inner = 2 * width();
    add(layer + "ssm_in.weight", {width(), 2 * inner}, Role::kMatrix);
    add(layer + "ssm_conv1d.weight", {kConvolution, inner}, Role::kNorm);
    add(layer + "ssm_conv1d.bias", {inner}, Role::kSmallBias);
    add(layer + "ssm_x.weight", {inner, kTimeStepRank + 2 * kStateSize}, Role::kMatrix);
    add(layer + "ssm_dt.weight", {kTimeStepRank, inner}, Role::kMatrix);
    add(layer + "ssm_dt.bias", {inner}, Role::kSmallBias);
    add(layer + "ssm_a", {kStateSize, inner}, Role::kDecay);
    add(layer + "ssm_d", {inner}, Role::kNorm);
    add(layer + "ssm_out.weight", {inner, width()}, Role::kMatrix);
  }

  void add_attention(const std::string& layer, const bool biased) {
    const std::array<std::pair<const char*, std::uint64_t>, 3> parts = {
        {{"attn_q", width()}, {"attn_k", width_kv()}, {"attn_v", width_kv()}}};
    for (const auto& [part, rows] : parts) {
      add(layer + part + ".weight", {width(), rows}, Role::kMatrix);
      if (biased) add(layer + part + ".bias", {rows}, Role::kSmallBias);
    }
    add(layer + "attn_output.weight", {width(), width()}, Role::kMatrix);
  }

  void add_feed_forward(const std::string& layer, const bool gated) {
    const std::uint64_t inner = shape_.feed_forward;
    if (gated) add(layer + "ffn_gate.weight", {width(), inner}, Role::kMatrix);
    add(layer + "ffn_up.weight", {width(), inner}, Role::kMatrix);
    add(layer + "ffn_down.weight", {inner, width()}, Role::kMatrix);
  }

  void add_encoder() {
    add("token_embd.weight", {width(), vocabulary_}, Role::kEmbedding);
    add("token_types.weight", {width(), kTokenTypes}, Role::kEmbedding);
    if (shape_.family == Family::kBert) {
      add("position_embd.weight", {width(), shape_.context}, Role::kEmbedding);
    }
    add_norm("token_embd_norm");
    for (std::uint32_t i = 0; i < shape_.layers; ++i)
      add_encoder_layer(fmt::format("blk.{}.", i));
  }

  void add_encoder_layer(const std::string& layer) {
    const bool plain = shape_.family == Family::kBert;
    add_attention(layer, plain);
    if (plain) add(layer + "attn_output.bias", {width()}, Role::kZeroBias);
    add_norm(layer + "attn_output_norm");
    add_feed_forward(layer, !plain);
    if (plain) {
      add(layer + "ffn_up.bias", {shape_.feed_forward}, Role::kZeroBias);
      add(layer + "ffn_down.bias", {width()}, Role::kZeroBias);
    }
    add_norm(layer + "layer_output_norm");
  }

  void add_norm(const std::string& name) {
    add(name + ".weight", {width()}, Role::kNorm);
    add(name + ".bias", {width()}, Role::kZeroBias);
  }

  const Shape& shape_;
  const std::uint64_t vocabulary_;
  std::vector<PlannedTensor> tensors_;
};

}  // namespace

std::span<const Shape> all_shapes() {
  return kShapes;
}

const Shape* find_shape(std::string_view name) {
  const auto at = std::find_if(kShapes.begin(), kShapes.end(),
                               [name](const Shape& shape) { return shape.name == name; });
  return at == kShapes.end() ? nullptr : &*at;
}

std::string_view architecture_of(Family family) {
  switch (family) {
    case Family::kLlama:
      return "llama";
    case Family::kQwen2:
      return "qwen2";
    case Family::kCohere2:
      return "cohere2";
    case Family::kMamba:
      return "mamba";
    case Family::kBert:
      return "bert";
    case Family::kNomicBert:
      return "nomic-bert";
  }
  return "";
}

std::vector<PlannedTensor> plan_tensors(const Shape& shape, std::uint64_t vocabulary) {
  return Plan(shape, vocabulary).make();
}

}  // namespace hearth::models
