#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "gguf/architectures.h"
#include "gguf/limits.h"
#include "gguf/model_parts.h"

namespace hearth::gguf {

namespace {

std::uint32_t largest(const std::vector<std::uint32_t>& numbers) {
  return numbers.empty() ? 0 : *std::max_element(numbers.begin(), numbers.end());
}

Result<void> read_layers(const MetadataReader& reader, ModelFacts& facts) {
  facts.layers = HEARTH_TRY(reader.required_u32(".block_count"));
  if (facts.layers == 0 || facts.layers > kMaxLayers) {
    return reader.contradiction(
        fmt::format("it claims {} layers; 1 to {} can be", facts.layers, kMaxLayers));
  }
  const auto predicting = HEARTH_TRY(reader.u32(".nextn_predict_layers"));
  if (predicting.value_or(0) > facts.layers) {
    return reader.contradiction(
        fmt::format("it claims {} predicting layers of {}", *predicting, facts.layers));
  }
  facts.context_trained = HEARTH_TRY(reader.required_u32(".context_length"));
  facts.embedding = HEARTH_TRY(reader.required_u32(".embedding_length"));
  if (facts.context_trained == 0 || facts.embedding == 0) {
    return reader.contradiction("its context length or its embedding length is 0");
  }
  facts.feed_forward = largest(HEARTH_TRY(reader.per_layer(".feed_forward_length", facts.layers)));
  facts.sliding_window = HEARTH_TRY(reader.u32(".attention.sliding_window")).value_or(0);
  return {};
}

Result<void> read_experts(const MetadataReader& reader, ModelFacts& facts) {
  facts.experts = HEARTH_TRY(reader.u32(".expert_count")).value_or(0);
  facts.experts_used = largest(HEARTH_TRY(reader.per_layer(".expert_used_count", facts.layers)));
  const auto groups = HEARTH_TRY(reader.u32(".expert_group_count")).value_or(0);
  const auto groups_used = HEARTH_TRY(reader.u32(".expert_group_used_count")).value_or(0);
  const bool fits =
      facts.experts <= kMaxExperts && facts.experts_used <= facts.experts &&
      (facts.experts == 0 ? groups == 0 : facts.experts_used > 0 && groups < facts.experts);
  const bool groups_fit =
      groups <= 1 || (facts.experts % groups == 0 && groups_used > 0 && groups_used < groups);
  if (fits && groups_fit) return {};
  return reader.contradiction(
      fmt::format("it claims {} experts with {} used, in {} groups with {} used", facts.experts,
                  facts.experts_used, groups, groups_used));
}

// Every layer's heads, each a multiple of the heads it shares keys and values among.
Result<void> check_heads(const MetadataReader& reader, const ModelFacts& facts,
                         const std::vector<std::uint32_t>& heads) {
  const bool plain = has_plain_attention(facts.architecture);
  for (std::uint32_t i = 0; i < facts.layers; ++i) {
    if (heads[i] == 0 && facts.heads_kv[i] == 0) continue;
    if (facts.heads_kv[i] == 0 || heads[i] % facts.heads_kv[i] != 0) {
      return reader.contradiction(
          fmt::format("layer {} has {} heads over {} key heads, which does not divide", i, heads[i],
                      facts.heads_kv[i]));
    }
    if (plain && (heads[i] != heads[0] || facts.heads_kv[i] != facts.heads_kv[0])) {
      return reader.contradiction(
          fmt::format("layer {} has other heads than layer 0, and '{}' "
                      "has no such layers",
                      i, facts.architecture));
    }
  }
  return {};
}

Result<void> read_heads(const MetadataReader& reader, ModelFacts& facts) {
  auto heads = HEARTH_TRY(reader.per_layer(".attention.head_count", facts.layers));
  heads.resize(facts.layers, 0);
  facts.heads = largest(heads);
  facts.heads_kv = HEARTH_TRY(reader.per_layer(".attention.head_count_kv", facts.layers));
  if (facts.heads_kv.empty()) facts.heads_kv = heads;
  if (may_lack_attention(facts.architecture)) return {};
  if (*std::min_element(heads.begin(), heads.end()) == 0) {
    return reader.contradiction(
        fmt::format("it claims 0 attention heads, and '{}' needs them", facts.architecture));
  }
  return check_heads(reader, facts, heads);
}

Result<void> read_head_sizes(const MetadataReader& reader, ModelFacts& facts) {
  if (facts.heads == 0) return {};
  const auto key = HEARTH_TRY(reader.u32(".attention.key_length"));
  const auto value = HEARTH_TRY(reader.u32(".attention.value_length"));
  const bool divides = facts.embedding % facts.heads == 0;
  if (!divides && !key && !may_lack_attention(facts.architecture)) {
    return reader.contradiction(
        fmt::format("its width {} does not divide among {} heads", facts.embedding, facts.heads));
  }
  facts.key_length = key.value_or(facts.embedding / facts.heads);
  facts.value_length = value.value_or(facts.embedding / facts.heads);
  facts.joint_kv = HEARTH_TRY(reader.u32(".attention.key_length_mla")).value_or(0) > 0;
  const bool plain = has_plain_attention(facts.architecture);
  if (facts.key_length == 0 || facts.value_length == 0 ||
      (plain && facts.key_length != facts.value_length)) {
    return reader.contradiction(fmt::format("its heads have keys of {} and values of {}",
                                            facts.key_length, facts.value_length));
  }
  return {};
}

Result<void> read_scaling(const MetadataReader& reader, RopeFacts& rope) {
  rope.factor = HEARTH_TRY(reader.f32(".rope.scaling.factor")).value_or(1.0);
  rope.original_context =
      HEARTH_TRY(reader.u32(".rope.scaling.original_context_length")).value_or(0);
  rope.yarn.extrapolation = HEARTH_TRY(reader.f32(".rope.scaling.yarn_ext_factor"));
  rope.yarn.attention = HEARTH_TRY(reader.f32(".rope.scaling.yarn_attn_factor"));
  rope.yarn.beta_fast = HEARTH_TRY(reader.f32(".rope.scaling.yarn_beta_fast"));
  rope.yarn.beta_slow = HEARTH_TRY(reader.f32(".rope.scaling.yarn_beta_slow"));
  const auto scaling = HEARTH_TRY(reader.text(".rope.scaling.type"));
  rope.scaling = scaling.value_or(rope.scaling);
  if (rope.scaling == "none" || rope.scaling == "linear" || rope.scaling == "yarn" ||
      rope.scaling == "longrope") {
    return {};
  }
  return reader.contradiction(
      fmt::format("its rope scaling '{}' is none of none, linear, yarn, longrope", rope.scaling));
}

Result<void> read_rope(const MetadataReader& reader, ModelFacts& facts) {
  RopeFacts& rope = facts.rope;
  rope.dimensions = HEARTH_TRY(reader.u32(".rope.dimension_count")).value_or(facts.key_length);
  rope.base = HEARTH_TRY(reader.f32(".rope.freq_base")).value_or(rope.base);
  HEARTH_TRY(read_scaling(reader, rope));
  if (facts.heads == 0) return {};
  const bool whole = rotates_whole_heads(facts.architecture);
  if (rope.dimensions % 2 != 0 || (whole && rope.dimensions != facts.key_length) ||
      (!may_lack_attention(facts.architecture) && rope.dimensions > facts.key_length)) {
    return reader.contradiction(fmt::format("its rope turns {} of the {} numbers of a head",
                                            rope.dimensions, facts.key_length));
  }
  if (!std::isfinite(rope.base) || rope.base <= 0.0) {
    return reader.contradiction("its rope base is no positive number");
  }
  return {};
}

// llama.cpp aborts in the first step on a negative one.
Result<void> check_epsilons(const MetadataReader& reader, const ModelFacts& facts) {
  const auto rms = HEARTH_TRY(reader.f32(".attention.layer_norm_rms_epsilon"));
  const auto plain = HEARTH_TRY(reader.f32(".attention.layer_norm_epsilon"));
  for (const auto& epsilon : {rms, plain}) {
    if (epsilon && !(std::isfinite(*epsilon) && *epsilon >= 0.0)) {
      return reader.contradiction("its norm epsilon is negative or no number");
    }
  }
  if (!has_plain_attention(facts.architecture)) return {};
  const std::string_view needed =
      facts.is_encoder ? ".attention.layer_norm_epsilon" : ".attention.layer_norm_rms_epsilon";
  const bool may_have_either = facts.architecture == "starcoder2" || facts.architecture == "olmo";
  if (may_have_either || (facts.is_encoder ? plain : rms)) return {};
  return reader.contradiction(fmt::format("it lacks the key '{}'", reader.full_key(needed)));
}

Result<void> read_pooling(const MetadataReader& reader, ModelFacts& facts) {
  const auto number = HEARTH_TRY(reader.u32(".pooling_type"));
  if (!number) return {};
  if (*number > static_cast<std::uint32_t>(Pooling::kRank)) {
    return reader.contradiction(fmt::format("its pooling type {} is none of 0 to 4", *number));
  }
  facts.pooling = static_cast<Pooling>(*number);
  return {};
}

// Layers that keep no keys and values of their own, and what recurrent ones keep instead.
Result<void> read_states(const MetadataReader& reader, ModelFacts& facts) {
  const auto shared = HEARTH_TRY(reader.u32(".attention.shared_kv_layers")).value_or(0);
  const auto interval = HEARTH_TRY(reader.u32(".full_attention_interval")).value_or(0);
  for (std::uint32_t i = 0; i < facts.layers; ++i) {
    const bool is_recurrent = facts.heads_kv[i] == 0 || (interval > 0 && (i + 1) % interval != 0);
    if (is_recurrent || is_recurrent_throughout(facts.architecture)) ++facts.recurrent.layers;
    if (is_recurrent || i + std::min(shared, facts.layers) >= facts.layers) facts.heads_kv[i] = 0;
  }
  constexpr std::uint64_t kFloatBytes = 4;
  const std::uint64_t kernel = HEARTH_TRY(reader.u32(".ssm.conv_kernel")).value_or(0);
  const std::uint64_t inner = HEARTH_TRY(reader.u32(".ssm.inner_size")).value_or(0);
  const std::uint64_t state = HEARTH_TRY(reader.u32(".ssm.state_size")).value_or(0);
  const std::uint64_t groups = HEARTH_TRY(reader.u32(".ssm.group_count")).value_or(0);
  const std::uint64_t wkv = HEARTH_TRY(reader.u32(".wkv.head_size")).value_or(0);
  // A product beyond this is no model; it keeps the sums below within 64 bits.
  constexpr std::uint64_t kMaxEach = 1 << 20;
  if (std::max({kernel, inner, state, groups, wkv}) > kMaxEach ||
      (facts.recurrent.layers > 0 && facts.embedding > kMaxEach)) {
    return reader.contradiction("the sizes of its recurrent state are beyond any model");
  }
  const std::uint64_t convolution = kernel > 0 ? (kernel - 1) * (inner + 2 * groups * state) : 0;
  const std::uint64_t numbers = wkv > 0 ? facts.embedding * (wkv + 2) : convolution + state * inner;
  facts.recurrent.state_bytes_per_layer = facts.recurrent.layers > 0 ? numbers * kFloatBytes : 0;
  return {};
}

}  // namespace

Result<void> read_geometry(const MetadataReader& reader, ModelFacts& facts) {
  facts.is_encoder = is_encoder_architecture(facts.architecture);
  HEARTH_TRY(read_layers(reader, facts));
  HEARTH_TRY(read_experts(reader, facts));
  HEARTH_TRY(read_heads(reader, facts));
  HEARTH_TRY(read_head_sizes(reader, facts));
  HEARTH_TRY(read_rope(reader, facts));
  HEARTH_TRY(check_epsilons(reader, facts));
  HEARTH_TRY(read_pooling(reader, facts));
  return read_states(reader, facts);
}

}  // namespace hearth::gguf
