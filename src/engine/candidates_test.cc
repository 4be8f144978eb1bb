#include "engine/candidates.h"

#include <algorithm>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine {
namespace {

using ::testing::ElementsAre;

std::vector<llama_token> ids(const std::vector<llama_token_data>& candidates) {
  std::vector<llama_token> list;
  for (const llama_token_data& candidate : candidates)
    list.push_back(candidate.id);
  return list;
}

TEST(Candidates, AreTheHighestInTheirOrder) {
  const std::vector<float> logits = {1, 5, -2, 4, 3};
  EXPECT_THAT(ids(highest(logits, 3)), ElementsAre(1, 3, 4));
  EXPECT_THAT(ids(highest(logits, 1)), ElementsAre(1));
  EXPECT_TRUE(highest(logits, 0).empty());
}

TEST(Candidates, EqualOnesComeByTheirPlace) {
  EXPECT_THAT(ids(highest(std::vector<float>{2, 3, 3, 2, 3}, 4)), ElementsAre(1, 2, 4, 0));
}

TEST(Candidates, WhatCannotBeIsNone) {
  EXPECT_THAT(ids(highest(std::vector<float>{-INFINITY, 1, -INFINITY}, 3)), ElementsAre(1));
  EXPECT_TRUE(highest(std::vector<float>(1000, -INFINITY), 3).empty());
  EXPECT_THAT(ids(possible(std::vector<float>{1, -INFINITY, 3})), ElementsAre(0, 2));
}

TEST(Candidates, NaNIsSeenWhereverItStands) {
  for (const std::size_t place : {0U, 15U, 16U, 499U, 500U}) {
    std::vector<float> logits(501, -1.0F);
    logits[7] = -INFINITY;
    EXPECT_TRUE(are_numbers(logits));
    logits[place] = NAN;
    EXPECT_FALSE(are_numbers(logits)) << place;
    logits[place] = INFINITY;
    EXPECT_FALSE(are_numbers(logits)) << place;
  }
}

RC_GTEST_PROP(Candidates, AreWhatSortingEverythingFinds, ()) {
  const auto size = *rc::gen::inRange<std::size_t>(1, 3000);
  const auto spread = *rc::gen::inRange(1, 2000);  // few values: many are equal
  const auto raw =
      *rc::gen::container<std::vector<int>>(size, rc::gen::inRange(-spread, spread + 1));
  const std::vector<float> logits(raw.begin(), raw.end());
  std::vector<llama_token> sorted(size);
  for (std::size_t i = 0; i < size; ++i)
    sorted[i] = static_cast<llama_token>(i);
  std::sort(sorted.begin(), sorted.end(), [&](llama_token a, llama_token b) {
    const float x = logits[static_cast<std::size_t>(a)];
    const float y = logits[static_cast<std::size_t>(b)];
    return x != y ? x > y : a < b;
  });
  const auto count = *rc::gen::inRange<std::size_t>(1, size + 10);
  sorted.resize(std::min(count, size));
  RC_ASSERT(ids(highest(logits, count)) == sorted);
}

}  // namespace
}  // namespace hearth::engine
