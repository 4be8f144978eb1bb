#include "gguf/long_context.h"

#include <limits>

#include <gtest/gtest.h>

namespace hearth::gguf {
namespace {

ModelFacts qwen(const std::string& name, std::uint32_t embedding) {
  ModelFacts facts;
  facts.architecture = "qwen2";
  facts.name = name;
  facts.embedding = embedding;
  facts.context_trained = 32768;
  return facts;
}

TEST(LongContextOfAModel, IsWhatItsFileSaysOfYarn) {
  ModelFacts facts = qwen("anything", 64);
  facts.rope.scaling = "yarn";
  facts.rope.factor = 4.0;
  facts.rope.original_context = 32768;
  const LongContext expected{131072, 32768, 4.0, "yarn", LongContextSource::kFile};
  EXPECT_EQ(long_context_of(facts), expected);
  facts.context_trained = 131072;
  EXPECT_EQ(long_context_of(facts), expected);
}

TEST(LongContextOfAModel, HasAFactorWhereTheFileHasOnlyTwoLengths) {
  ModelFacts facts = qwen("phi", 64);
  facts.context_trained = 131072;
  facts.rope.scaling = "longrope";
  facts.rope.original_context = 4096;
  EXPECT_EQ(long_context_of(facts),
            (LongContext{131072, 4096, 32.0, "longrope", LongContextSource::kFile}));
}

TEST(LongContextOfAModel, HasAnOriginWhereTheFileHasOnlyAFactor) {
  ModelFacts facts = qwen("coder", 64);
  facts.context_trained = 16384;
  facts.rope.scaling = "linear";
  facts.rope.factor = 4.0;
  EXPECT_EQ(long_context_of(facts),
            (LongContext{16384, 4096, 4.0, "linear", LongContextSource::kFile}));
}

TEST(LongContextOfAModel, IsWhatItsMakersPromiseForTheModelsTheyMean) {
  EXPECT_EQ(long_context_of(qwen("Qwen2.5 7B Instruct", 3584)),
            (LongContext{131072, 32768, 4.0, "yarn", LongContextSource::kMakers}));
  EXPECT_EQ(long_context_of(qwen("Qwen2.5 0.5B Instruct", 896)), std::nullopt);
  EXPECT_EQ(long_context_of(qwen("Somebody's", 3584)), std::nullopt);
  ModelFacts nomic;
  nomic.architecture = "nomic-bert";
  nomic.name = "nomic-embed-text-v1.5";
  nomic.embedding = 768;
  nomic.context_trained = 2048;
  EXPECT_EQ(long_context_of(nomic),
            (LongContext{8192, 2048, 4.0, "yarn", LongContextSource::kMakers}));
}

TEST(LongContextOfAModel, IsNoneOfNumbersThatMeanNothing) {
  ModelFacts facts = qwen("odd", 64);
  facts.rope.scaling = "yarn";
  for (const double factor : {0.0, -4.0, 1.0, std::numeric_limits<double>::quiet_NaN(),
                              std::numeric_limits<double>::infinity()}) {
    facts.rope.factor = factor;
    EXPECT_EQ(long_context_of(facts), std::nullopt) << factor;
  }
  facts.rope.factor = 1e300;
  facts.rope.original_context = 4096;
  EXPECT_EQ(long_context_of(facts)->tokens, 1U << 30);
}

}  // namespace
}  // namespace hearth::gguf
