#include "api/core/tally.h"

#include <gtest/gtest.h>

namespace hearth::api {
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

TEST(Tally, CountsThoughtsAndForcedTokensOfAllChoices) {
  Tally tally(2, Tally::Keep::kNothing);
  tally.note({0, Started{7, 5, 0, 2}});
  tally.note({1, Started{8, 5, 0, 1}});
  tally.note({0, Usage{.thinking_tokens = 3, .forced_tokens = 4}});
  tally.note({1, Usage{.thinking_tokens = 5, .forced_tokens = 6}});
  EXPECT_EQ(tally.summary().usage.thinking_tokens, 8U);
  EXPECT_EQ(tally.summary().usage.forced_tokens, 10U);
  EXPECT_EQ(tally.summary().dropped_messages, 2U);
}

TEST(Tally, AnAnswerThatWasCalledOffCountsAsFarAsItWasTold) {
  Tally tally(2, Tally::Keep::kNothing);
  tally.note({0, Started{7, 5}});
  tally.note({0, TextDelta{"ab", 2}});
  tally.note({1, chat::ThinkingDelta{"c", 3}});
  tally.note({1, chat::ToolCallDelta{.arguments = "{", .tokens = 4}});
  EXPECT_EQ(tally.prompt_tokens(), 5U);
  EXPECT_EQ(tally.completion_tokens(), 9U);
  tally.note({0, Usage{5, 0, 20}});
  EXPECT_EQ(tally.completion_tokens(), 20U);
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

TEST(Tally, KeepsThoughtsAndCallsWithTheText) {
  Tally tally(1, Tally::Keep::kText);
  tally.note({0, chat::ThinkingDelta{"h", 1}});
  tally.note({0, chat::ThinkingDelta{"m", 1}});
  tally.note({0, chat::ToolCallDelta{3, "call_1", "f", "{", 1}});
  tally.note({0, chat::ToolCallDelta{4'000'000'000, "call_2", "g", "[", 1}});
  tally.note({0, chat::ToolCallDelta{3, "", "", "}", 1}});
  tally.note({0, chat::ToolCallDelta{4'000'000'000, "", "", "]", 1}});
  EXPECT_EQ(tally.choices()[0].thinking, "hm");
  EXPECT_EQ(tally.choices()[0].calls.calls(),
            (std::vector<chat::ToolCall>{{"call_1", "f", "{}"}, {"call_2", "g", "[]"}}));
  Tally streamed(1, Tally::Keep::kNothing);
  streamed.note({0, chat::ThinkingDelta{"h", 1}});
  EXPECT_TRUE(streamed.any_output());
  EXPECT_EQ(streamed.choices()[0].thinking, "");
}

TEST(Tally, KeepsEveryWarningOnceAndNotTooMany) {
  Tally tally(2, Tally::Keep::kNothing);
  for (std::size_t i = 0; i < 2 * kWarningsMax; ++i) {
    tally.note({0, chat::Warning{std::to_string(i)}});
    tally.note({1, chat::Warning{std::to_string(i)}});
  }
  EXPECT_EQ(tally.summary().warnings.size(), kWarningsMax);
  EXPECT_EQ(tally.summary().warnings[1], "1");
  EXPECT_FALSE(tally.any_output());
}

TEST(Tally, IsCompleteWhenEveryChoiceHasFinished) {
  Tally tally(2, Tally::Keep::kNothing);
  tally.note({1, TextDelta{"b", 1}});
  EXPECT_TRUE(tally.any_output());
  EXPECT_EQ(tally.choices()[1].text, "");
  tally.note({1, Finished{Finished::Reason::kLength}});
  EXPECT_FALSE(tally.complete());
  tally.note({0, Finished{Finished::Reason::kStop}});
  EXPECT_TRUE(tally.complete());
  EXPECT_EQ(tally.choices()[1].reason, Finished::Reason::kLength);
  EXPECT_FALSE(tally.choices()[0].logprobs.has_value());
}

}  // namespace
}  // namespace hearth::api
