#include "engine/sampler.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(FoldSeed, KeepsWhatFits) {
  EXPECT_EQ(fold_seed(0), 0U);
  EXPECT_EQ(fold_seed(7), 7U);
  EXPECT_EQ(fold_seed(0xFFFFFFFE), 0xFFFFFFFEU);
}

TEST(FoldSeed, TheHighHalfCounts) {
  EXPECT_NE(fold_seed(7 | (std::uint64_t{1} << 32)), fold_seed(7));
}

TEST(FoldSeed, NeverBecomesTheSeedThatMeansRandom) {
  EXPECT_NE(fold_seed(LLAMA_DEFAULT_SEED), LLAMA_DEFAULT_SEED);
  EXPECT_NE(fold_seed(0x12345678EDCBA987), LLAMA_DEFAULT_SEED);  // its halves fold to all ones
}

}  // namespace
}  // namespace hearth::engine
