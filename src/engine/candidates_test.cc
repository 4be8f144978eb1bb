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

using Mask = std::vector<std::uint64_t>;

// Words of all kinds: full, empty and mixed ones.
rc::Gen<Mask> some_mask(std::size_t size) {
  const auto word =
      rc::gen::oneOf(rc::gen::just<std::uint64_t>(0), rc::gen::just(~std::uint64_t{0}),
                     rc::gen::arbitrary<std::uint64_t>());
  return rc::gen::container<Mask>((size + 63) / 64, word);
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

TEST(Candidates, WhatIsNotAllowedIsNone) {
  const std::vector<float> logits(1000, 1.0F);
  EXPECT_TRUE(highest(logits, 3, Mask(16, 0)).empty());
  EXPECT_TRUE(possible(logits, Mask(16, 0)).empty());
  Mask one(16, 0);
  one[15] = 1ULL << 39;  // 15 * 64 + 39
  EXPECT_THAT(ids(highest(logits, 3, one)), ElementsAre(999));
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
  const Mask mask = *some_mask(size);
  std::vector<llama_token> allowed;
  for (const llama_token token : sorted) {
    if (is_allowed(mask, static_cast<std::size_t>(token))) allowed.push_back(token);
  }
  sorted.resize(std::min(count, size));
  RC_ASSERT(ids(highest(logits, count)) == sorted);
  RC_ASSERT(ids(possible(logits, mask)).size() == allowed.size());
  allowed.resize(std::min(count, allowed.size()));
  RC_ASSERT(ids(highest(logits, count, mask)) == allowed);
}

}  // namespace
}  // namespace hearth::engine
