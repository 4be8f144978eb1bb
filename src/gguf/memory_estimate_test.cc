#include "gguf/memory_estimate.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/units.h"

namespace hearth::gguf {
namespace {

using base::kMiB;

ModelFacts qwen_half_billion() {
  ModelFacts facts;
  facts.layers = 24;
  facts.embedding = 896;
  facts.heads = 14;
  facts.key_length = facts.value_length = 64;
  facts.feed_forward = 4864;
  facts.heads_kv.assign(24, 2);
  facts.vocabulary = 151936;
  facts.weight_bytes = 391 * kMiB;
  return facts;
}

ModelFacts nomic_encoder() {
  ModelFacts facts;
  facts.layers = 12;
  facts.embedding = 768;
  facts.heads = 12;
  facts.key_length = facts.value_length = 64;
  facts.feed_forward = 3072;
  facts.heads_kv.assign(12, 12);
  facts.vocabulary = 30522;
  facts.is_encoder = true;
  return facts;
}

// The figures beside are what libllama v0.5.0 reports for the same shapes.
TEST(MemoryEstimateOfAModel, HasTheKvThatLlamaAllocates) {
  const ModelFacts facts = qwen_half_billion();
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 4096}).kv_bytes, 48 * kMiB);
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 32768}).kv_bytes, 384 * kMiB);
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 1}).kv_bytes, 3 * kMiB);
}

TEST(MemoryEstimateOfAModel, HasSmallerKvForSmallerTypes) {
  const ModelFacts facts = qwen_half_billion();
  const auto kv = [&facts](KvType type) {
    return estimate_memory(facts, {.context_tokens = 4096, .kv_type = type}).kv_bytes;
  };
  EXPECT_EQ(kv(KvType::kF32), 96 * kMiB);
  EXPECT_EQ(kv(KvType::kQ8_0), 48 * kMiB * 17 / 32);
  EXPECT_EQ(kv(KvType::kQ4_0), 48 * kMiB * 9 / 32);
}

TEST(MemoryEstimateOfAModel, CountsOnlyLayersThatKeepKv) {
  ModelFacts facts = qwen_half_billion();
  for (std::size_t i = 0; i < 12; ++i)
    facts.heads_kv[i] = 0;
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 4096}).kv_bytes, 24 * kMiB);
  facts.recurrent = {12, 1 * kMiB};
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 4096, .sequences = 4}).kv_bytes, 72 * kMiB);
}

TEST(MemoryEstimateOfAModel, HasNoValuesWhereTheyAreJoinedWithKeys) {
  ModelFacts facts = qwen_half_billion();
  facts.joint_kv = true;
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 4096}).kv_bytes, 24 * kMiB);
}

TEST(MemoryEstimateOfAModel, IsNearTheComputeBuffersThatLlamaAllocates) {
  const auto near = [](std::uint64_t estimate, double measured_mib) {
    const double mib = static_cast<double>(estimate) / static_cast<double>(kMiB);
    EXPECT_GT(mib, measured_mib * 0.9 - 0.5);
    EXPECT_LT(mib, measured_mib * 1.1 + 0.5);
  };
  const ModelFacts facts = qwen_half_billion();
  const auto with = [](std::uint64_t context) {
    return MemoryRequest{.context_tokens = context, .sequences = 9};
  };
  near(estimate_memory(facts, with(512)).compute_bytes, 9.50 + 5.22);
  near(estimate_memory(facts, with(4096)).compute_bytes, 10.42 + 5.22);
  near(estimate_memory(facts, with(32768)).compute_bytes, 17.80 + 5.22);
  const ModelFacts encoder = nomic_encoder();
  // And a row of logits and of numbers for each token.
  near(estimate_memory(encoder, {.context_tokens = 512}).compute_bytes, 21.51 + 61.12);
  near(estimate_memory(encoder, {.context_tokens = 2048}).compute_bytes, 92.03 + 244.48);
}

TEST(MemoryEstimateOfAModel, GivesAnEncoderNoKv) {
  EXPECT_EQ(estimate_memory(nomic_encoder(), {}).kv_bytes, 0U);
}

TEST(MemoryEstimateOfAModel, GivesAnEncoderNoMoreThanItWasTrainedFor) {
  ModelFacts facts = nomic_encoder();
  facts.context_trained = 512;
  EXPECT_EQ(estimate_memory(facts, {.context_tokens = 8192}).compute_bytes,
            estimate_memory(facts, {.context_tokens = 512}).compute_bytes);
}

TEST(MemoryEstimateOfAModel, StopsAtTheLargestNumber) {
  const MemoryEstimate estimate = estimate_memory(
      qwen_half_billion(), {.context_tokens = std::numeric_limits<std::uint64_t>::max() / 2});
  EXPECT_EQ(estimate.kv_bytes, std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(estimate.total_bytes(), std::numeric_limits<std::uint64_t>::max());
}

}  // namespace
}  // namespace hearth::gguf
