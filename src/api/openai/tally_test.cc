#include "api/openai/tally.h"

#include <gtest/gtest.h>

namespace hearth::api::openai {
namespace {

using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::Usage;

TEST(Tally, CountsThePromptOnceAndTheCompletionsTogether) {
  Tally tally(2, Tally::Keep::kText);
  tally.note({1, Started{8, 5, 3}});
  tally.note({0, Started{7, 5, 3}});
  tally.note({0, Usage{5, 0, 2, 1, 9, 3}});
  tally.note({1, Usage{5, 4, 6, 8, 2, 7}});
  const Summary& summary = tally.summary();
  EXPECT_EQ(summary.seed, 7U);
  EXPECT_EQ(summary.dropped_tokens, 3U);
  EXPECT_EQ(summary.usage, (Usage{5, 0, 8, 8, 9, 7}));
}

TEST(Tally, KeepsTheTextsApart) {
  Tally tally(2, Tally::Keep::kTextAndLogprobs);
  tally.note({0, TextDelta{"a", 1, {{{1, "a", -1}, {}}}}});
  tally.note({1, TextDelta{"b", 1, {{{2, "b", -2}, {}}}}});
  tally.note({0, TextDelta{"c", 1, {{{3, "c", -3}, {}}}}});
  EXPECT_EQ(tally.choices()[0].text, "ac");
  EXPECT_EQ(tally.choices()[1].text, "b");
  ASSERT_EQ(tally.choices()[0].logprobs.value().size(), 2U);
  EXPECT_EQ(tally.choices()[0].logprobs->at(1).chosen.token, 3);
  EXPECT_EQ(tally.choices()[1].logprobs->at(0).chosen.token, 2);
}

TEST(Tally, IsCompleteWhenEveryChoiceHasFinished) {
  Tally tally(2, Tally::Keep::kNothing);
  tally.note({1, TextDelta{"b", 1}});
  EXPECT_TRUE(tally.any_text());
  EXPECT_EQ(tally.choices()[1].text, "");
  tally.note({1, Finished{Finished::Reason::kLength}});
  EXPECT_FALSE(tally.complete());
  tally.note({0, Finished{Finished::Reason::kStop}});
  EXPECT_TRUE(tally.complete());
  EXPECT_EQ(tally.choices()[1].reason, Finished::Reason::kLength);
  EXPECT_FALSE(tally.choices()[0].logprobs.has_value());
}

}  // namespace
}  // namespace hearth::api::openai
