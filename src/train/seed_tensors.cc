#include "train/seed_tensors.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/result.h"

namespace hearth::train {

namespace {

constexpr float kOne = 1.0F;

void add_attention(const Shape& shape, const Family& family, const std::string& block,
                   std::vector<SeedTensor>& into) {
  const std::uint64_t out = std::uint64_t{shape.heads} * shape.head_width;
  const std::uint64_t shared = std::uint64_t{shape.kv_heads} * shape.head_width;
  into.push_back({block + "attn_norm.weight", shape.width, 1, kOne});
  for (const auto& [name, rows] : {std::pair("q", out), {"k", shared}, {"v", shared}}) {
    into.push_back({block + "attn_" + name + ".weight", shape.width, rows, 0.0F, kSpread});
    if (family.biased_inputs) into.push_back({block + "attn_" + name + ".bias", rows});
  }
  if (!family.normed_heads) return;
  into.push_back({block + "attn_q_norm.weight", shape.head_width, 1, kOne});
  into.push_back({block + "attn_k_norm.weight", shape.head_width, 1, kOne});
}

// What is added to the stream between the blocks is smaller the more blocks there are, so that the
// stream grows no wider with depth.
void add_block(const Shape& shape, const Family& family, std::uint32_t index,
               std::vector<SeedTensor>& into) {
  const std::string block = fmt::format("blk.{}.", index);
  const float added = kSpread / std::sqrt(2.0F * static_cast<float>(shape.layers));
  const std::uint64_t out = std::uint64_t{shape.heads} * shape.head_width;
  add_attention(shape, family, block, into);
  into.push_back({block + "attn_output.weight", out, shape.width, 0.0F, added});
  into.push_back({block + "ffn_norm.weight", shape.width, 1, kOne});
  into.push_back({block + "ffn_gate.weight", shape.width, shape.hidden, 0.0F, kSpread});
  into.push_back({block + "ffn_up.weight", shape.width, shape.hidden, 0.0F, kSpread});
  into.push_back({block + "ffn_down.weight", shape.hidden, shape.width, 0.0F, added});
}

}  // namespace

const std::vector<Family>& seed_families() {
  static const std::vector<Family> families = {{"llama"},
                                               {.name = "qwen2", .biased_inputs = true},
                                               {.name = "qwen3", .normed_heads = true},
                                               {.name = "llama-embed", .looks_both_ways = true},
                                               {.name = "eurobert", .looks_both_ways = true}};
  return families;
}

const Family* find_family(std::string_view name) {
  const auto& all = seed_families();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Family& each) { return each.name == name; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<SeedTensor> seed_tensors(const Shape& shape) {
  const Family* family = find_family(shape.family);
  HEARTH_ASSERT(family != nullptr);
  std::vector<SeedTensor> tensors;
  const float spread = family->looks_both_ways ? kEncoderSpread : kSpread;
  tensors.push_back({"token_embd.weight", shape.width, shape.vocabulary, 0.0F, spread});
  for (std::uint32_t index = 0; index < shape.layers; ++index)
    add_block(shape, *family, index, tensors);
  tensors.push_back({"output_norm.weight", shape.width, 1, kOne});
  if (!shape.tied && !family->looks_both_ways) {
    tensors.push_back({"output.weight", shape.width, shape.vocabulary, 0.0F, kSpread});
  }
  return tensors;
}

float RandomWeights::next() {
  constexpr int kSummands = 12;  // each spreads by the root of 1/12
  constexpr int kBits = 16;
  constexpr std::uint64_t kOneNumber = (1U << kBits) - 1;
  std::uint64_t sum = 0;
  for (int drawn = 0; drawn < kSummands; drawn += 4) {
    std::uint64_t bits = random_();
    for (int i = 0; i < 4; ++i, bits >>= kBits)
      sum += bits & kOneNumber;
  }
  constexpr std::int64_t kMean = kSummands * kOneNumber / 2;
  return static_cast<float>(static_cast<std::int64_t>(sum) - kMean) / (1U << kBits);
}

}  // namespace hearth::train
