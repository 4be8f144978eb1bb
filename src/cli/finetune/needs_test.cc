#include "cli/finetune/needs.h"

#include <gmock/gmock.h>

#include "base/units.h"

namespace hearth::cli::finetune {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const config::Cpu kPlain;
const config::Cpu kWithBf16 = {"", {"avx512_bf16"}, 2, 2};

// Seven million parameters in the shape of ember.
gguf::ModelFacts small() {
  gguf::ModelFacts facts;
  facts.architecture = "llama";
  facts.parameters = 7'082'240;
  facts.context_trained = 2048;
  facts.layers = 8;
  facts.embedding = 256;
  facts.heads = 8;
  facts.key_length = 32;
  facts.heads_kv = std::vector<std::uint32_t>(8, 4);
  facts.feed_forward = 704;
  facts.vocabulary = 4096;
  return facts;
}

gguf::ModelFacts half_a_billion() {
  gguf::ModelFacts facts = small();
  facts.parameters = 494'000'000;
  facts.layers = 24;
  facts.embedding = 896;
  facts.heads = 14;
  facts.key_length = 64;
  facts.heads_kv = std::vector<std::uint32_t>(24, 2);
  facts.feed_forward = 4864;
  facts.vocabulary = 151'936;
  facts.context_trained = 32'768;
  return facts;
}

TEST(Needs, OfAHalfBillionModelAreTenToFifteenGibibytesOfMemory) {
  const Needs needs = needs_of(half_a_billion(), {}, base::kMiB, kWithBf16);
  EXPECT_GT(needs.memory_bytes, 10 * base::kGiB);
  EXPECT_LT(needs.memory_bytes, 15 * base::kGiB);
  EXPECT_GT(needs.disk_bytes, 22 * base::kGiB);
  EXPECT_LT(needs.disk_bytes, 26 * base::kGiB);
}

TEST(Needs, OfASmallModelAreSomeHundredMebibytes) {
  const Needs needs = needs_of(small(), {}, base::kMiB, kWithBf16);
  EXPECT_GT(needs.memory_bytes, 280 * base::kMiB);  // seen: 273 MiB with a context of 1,024
  EXPECT_LT(needs.memory_bytes, 600 * base::kMiB);
}

TEST(Needs, GrowWithTheBatchTheTypeAndThePrecision) {
  const std::uint64_t usual = needs_of(small(), {}, 0, kWithBf16).memory_bytes;
  Wishes wishes;
  wishes.batch_tokens = 8192;
  EXPECT_GT(needs_of(small(), wishes, 0, kWithBf16).memory_bytes, usual);
  EXPECT_GT(needs_of(small(), {}, 0, kPlain).memory_bytes, usual);
  wishes = {};
  wishes.type = "f32";
  EXPECT_EQ(needs_of(small(), wishes, 0, kPlain).out_bytes, small().parameters * 4);
}

TEST(Needs, OfMemoryAreHeldAgainstWhatThereIs) {
  const Needs needs{2 * base::kGiB, 0, 0};
  EXPECT_TRUE(check_memory(needs, 2 * base::kGiB));
  EXPECT_TRUE(check_memory(needs, 0));  // nobody knows
  const auto refused = check_memory(needs, base::kGiB);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kResourceExhausted);
  EXPECT_THAT(refused.error().message,
              AllOf(HasSubstr("2.0 GiB"), HasSubstr("1.0 GiB"), HasSubstr("--batch-tokens")));
}

TEST(Needs, OfTheDiskCountWhatTheTrainingHasAlreadyWritten) {
  const Needs needs{0, 10 * base::kGiB, 0};
  EXPECT_TRUE(check_disk(needs, 6 * base::kGiB, 4 * base::kGiB, "/work"));
  const auto refused = check_disk(needs, 6 * base::kGiB, 3 * base::kGiB, "/work");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, AllOf(HasSubstr("10.0 GiB"), HasSubstr("'/work'")));
}

}  // namespace
}  // namespace hearth::cli::finetune
