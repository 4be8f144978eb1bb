#include "fleet/fit/verdict.h"

#include <gtest/gtest.h>

#include "base/units.h"

namespace hearth::fleet {
namespace {

using base::kGiB;
using base::kMiB;

// 1 GiB of weights, and 64 KiB of keys and values for each token.
gguf::ModelFacts one_gibibyte() {
  gguf::ModelFacts facts;
  facts.layers = 16;
  facts.embedding = 2048;
  facts.heads = 16;
  facts.key_length = facts.value_length = 128;
  facts.heads_kv.assign(16, 8);
  facts.feed_forward = 8192;
  facts.vocabulary = 32000;
  facts.weight_bytes = kGiB;
  return facts;
}

Machine host_with(std::uint64_t available, std::uint64_t held = 0) {
  return {{{"memory", DeviceKind::kHost, available, held}}};
}

constexpr gguf::MemoryRequest kWish{.context_tokens = 32768, .sequences = 9};

TEST(Verdict, FitsWithinTheBudgetOfWhatIsAvailable) {
  const auto facts = one_gibibyte();
  const Need need(facts, std::nullopt);
  const std::uint64_t bytes = need.bytes(kWish);
  ASSERT_GT(bytes, 3 * kGiB);
  const auto enough = static_cast<std::uint64_t>(static_cast<double>(bytes) / kBudgetShare) + 2;
  EXPECT_EQ(judge(need, kWish, host_with(enough)), (Fit{Verdict::kFits, 32768, bytes}));
  EXPECT_EQ(judge(need, kWish, host_with(enough - 16)).verdict, Verdict::kFitsSmaller);
}

TEST(Verdict, NamesTheLargestContextThatFits) {
  const auto facts = one_gibibyte();
  const Need need(facts, std::nullopt);
  const Machine machine = host_with(2 * kGiB);
  const Fit fit = judge(need, kWish, machine);
  ASSERT_EQ(fit.verdict, Verdict::kFitsSmaller);
  const auto budget = static_cast<std::uint64_t>(2.0 * kGiB * kBudgetShare);
  EXPECT_LE(fit.need_bytes, budget);
  gguf::MemoryRequest larger = kWish;
  larger.context_tokens = fit.context + 256;
  EXPECT_GT(need.bytes(larger), budget);
  EXPECT_EQ(judge(need, {.context_tokens = fit.context, .sequences = 9}, machine).verdict,
            Verdict::kFits);
}

TEST(Verdict, IsTightWhereOthersHoldWhatItNeeds) {
  const auto facts = one_gibibyte();
  const Need need(facts, std::nullopt);
  const gguf::MemoryRequest wish{.context_tokens = 512, .sequences = 9};
  const std::uint64_t bytes = need.bytes(wish);
  EXPECT_EQ(judge(need, wish, host_with(bytes)).verdict, Verdict::kTight);
  EXPECT_EQ(judge(need, wish, host_with(bytes - kMiB, kMiB)).verdict, Verdict::kTight);
  EXPECT_EQ(judge(need, wish, host_with(bytes - kMiB)).verdict, Verdict::kDoesNotFit);
}

TEST(Verdict, IsUnknownWhereTheSystemDoesNotTell) {
  const auto facts = one_gibibyte();
  const Need need(facts, std::nullopt);
  EXPECT_EQ(judge(need, kWish, host_with(0)).verdict, Verdict::kUnknown);
  EXPECT_EQ(judge(need, kWish, {}).verdict, Verdict::kUnknown);
}

TEST(Verdict, OfMoreThanTheModelWasTrainedForIsOfASmallerContext) {
  const Fit fits{Verdict::kFits, 2048, kGiB};
  EXPECT_EQ(within_training(fits, 2049).verdict, Verdict::kFitsSmaller);
  EXPECT_EQ(within_training(fits, 2049).context, 2048U);
  EXPECT_EQ(within_training(fits, 2048), fits);
  EXPECT_EQ(within_training(fits, 0), fits) << "nobody asked for a context";
  EXPECT_EQ(within_training({Verdict::kTight, 2048, kGiB}, 4096).verdict, Verdict::kTight);
}

TEST(Need, IsWhatWasSeenWhereItIsLoadedTheSameWay) {
  const auto facts = one_gibibyte();
  const MemorySettings settings{32768, gguf::KvType::kF16, 9};
  const std::uint64_t guessed = Need(facts, std::nullopt).bytes(kWish);
  const Need need(facts, SeenMemory{settings, guessed + guessed / 10});
  EXPECT_NEAR(static_cast<double>(need.bytes(kWish)), static_cast<double>(guessed) * 1.1, 1024.0);
  gguf::MemoryRequest smaller = kWish;
  smaller.context_tokens = 512;
  EXPECT_NEAR(static_cast<double>(need.bytes(smaller)),
              static_cast<double>(Need(facts, std::nullopt).bytes(smaller)) * 1.1, 1024.0);
}

TEST(Need, IsCorrectedOnlyByWhatCanBe) {
  const auto facts = one_gibibyte();
  const MemorySettings settings{32768, gguf::KvType::kF16, 9};
  EXPECT_EQ(Need(facts, SeenMemory{settings, 1}).correction(), kCorrectionLeast);
  EXPECT_EQ(Need(facts, SeenMemory{settings, 1ULL << 50}).correction(), kCorrectionMost);
  EXPECT_EQ(Need(facts, SeenMemory{settings, 0}).correction(), 1.0);
}

TEST(Verdict, HasAnAnswerForNumbersBeyondAnyMachine) {
  auto facts = one_gibibyte();
  facts.weight_bytes = ~0ULL;
  const Need need(facts, std::nullopt);
  EXPECT_EQ(judge(need, kWish, host_with(kGiB, ~0ULL)).verdict, Verdict::kTight);
  EXPECT_EQ(judge(need, kWish, host_with(kGiB)).verdict, Verdict::kDoesNotFit);
}

}  // namespace
}  // namespace hearth::fleet
