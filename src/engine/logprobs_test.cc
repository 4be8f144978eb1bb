#include "engine/logprobs.h"

#include <cmath>

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(Logprobs, AreTheLogarithmOfTheSoftmax) {
  // e^0, e^ln2, e^ln5: together 8.
  const std::vector<float> logits = {0.0F, std::log(2.0F), std::log(5.0F)};
  const chat::TokenLogprob found = find_logprobs(logits, 1, 2);
  EXPECT_EQ(found.chosen.token, 1);
  EXPECT_NEAR(found.chosen.logprob, std::log(2.0 / 8), 1e-6);
  ASSERT_EQ(found.alternatives.size(), 2U);
  EXPECT_EQ(found.alternatives[0].token, 2);
  EXPECT_NEAR(found.alternatives[0].logprob, std::log(5.0 / 8), 1e-6);
  EXPECT_EQ(found.alternatives[1], found.chosen);
}

TEST(Logprobs, OfNoAlternativesAreTheChosenAlone) {
  const chat::TokenLogprob found = find_logprobs(std::vector<float>{0, 0, 0, 0}, 3, 0);
  EXPECT_NEAR(found.chosen.logprob, -std::log(4.0), 1e-6);
  EXPECT_TRUE(found.alternatives.empty());
}

TEST(Logprobs, StayNumbersWhereExponentsWouldOverflow) {
  const chat::TokenLogprob found = find_logprobs(std::vector<float>{1000, 999, -INFINITY}, 0, 3);
  EXPECT_NEAR(found.chosen.logprob, -std::log(1 + std::exp(-1.0)), 1e-5);
  ASSERT_EQ(found.alternatives.size(), 2U);  // what cannot be is none
  EXPECT_NEAR(found.alternatives[1].logprob, -1 - std::log(1 + std::exp(-1.0)), 1e-5);
}

TEST(Logprobs, OfAWholeVocabularyAddUpToOne) {
  std::vector<float> logits;
  for (int i = 0; i < 152'064; ++i)
    logits.push_back(static_cast<float>(std::sin(i) * 9));
  double sum = 0;
  for (const chat::TokenChance& one : find_logprobs(logits, 0, 152'064).alternatives)
    sum += std::exp(static_cast<double>(one.logprob));
  EXPECT_NEAR(sum, 1, 1e-3);
}

}  // namespace
}  // namespace hearth::engine
