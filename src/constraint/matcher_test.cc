#include "constraint/matcher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::constraint {
namespace {

using ::testing::HasSubstr;

std::shared_ptr<const Grammar> grammar_of(std::vector<Expression> bodies) {
  Rules rules;
  for (Expression& body : bodies)
    rules.rules.push_back({"r" + std::to_string(rules.rules.size()), std::move(body)});
  auto grammar = Grammar::compile(rules);
  if (!grammar) ADD_FAILURE() << grammar.error().message;
  return grammar ? *grammar : nullptr;
}

std::shared_ptr<const Grammar> brackets() {
  return grammar_of({sequence({text("["), repeat(rule(0), 0), text("]")})});
}

TEST(Matcher, RefusesAWholePortionAndKeepsItsPlace) {
  Matcher matcher(grammar_of({text("abcd")}));
  EXPECT_TRUE(*matcher.accept("ab"));
  EXPECT_FALSE(*matcher.accept("cx"));
  EXPECT_TRUE(*matcher.accept(""));
  EXPECT_TRUE(*matcher.accept("cd"));
  EXPECT_TRUE(matcher.must_end());
}

TEST(Matcher, StopsAnywhereWithinACharacter) {
  Matcher matcher(grammar_of({character({{0x20AC, 0x20AC}, {0x20AE, 0x20AE}})}));
  EXPECT_EQ(matcher.forced(), "\xE2\x82");
  EXPECT_TRUE(*matcher.accept("\xE2"));
  EXPECT_FALSE(matcher.may_end());
  EXPECT_EQ(matcher.bytes_to_end(), 2U);
  EXPECT_FALSE(*matcher.accept("\x82\xAD"));
  EXPECT_TRUE(*matcher.accept("\x82\xAE"));
  EXPECT_TRUE(matcher.must_end());
}

TEST(Matcher, ForcesNothingWhereTheTextMayEnd) {
  Matcher matcher(grammar_of({sequence({text("ab"), optional(text("cd"))})}));
  EXPECT_EQ(matcher.forced(), "ab");
  EXPECT_TRUE(*matcher.accept("ab"));
  EXPECT_TRUE(matcher.may_end());
  EXPECT_FALSE(matcher.must_end());
  EXPECT_EQ(matcher.forced(), "");
  EXPECT_EQ(matcher.bytes_to_end(), 0U);
  EXPECT_EQ(matcher.shortest_end(), "");
}

TEST(Matcher, ForcesNoMoreThanItsLimit) {
  Matcher matcher(grammar_of({repeat(text("ab"), 20'000, 20'000)}));
  EXPECT_EQ(matcher.forced().size(), kForcedBytesMax);
}

TEST(Matcher, ClosesAHundredThousandBrackets) {
  constexpr std::size_t kDepth = 100'000;
  Matcher matcher(brackets());
  ASSERT_TRUE(*matcher.accept(std::string(kDepth, '[')));
  EXPECT_EQ(matcher.bytes_to_end(), kDepth);
  EXPECT_EQ(matcher.shortest_end(), std::string(kDepth, ']'));
  const Matcher copy = matcher;
  EXPECT_TRUE(*matcher.accept(std::string(kDepth, ']')));
  EXPECT_TRUE(matcher.must_end());
  EXPECT_FALSE(copy.may_end());
}

TEST(Matcher, HoldsNoMoreMemoryThanItsDepthNeeds) {
  // Each rule goes back to a place of its own, so every position leaves new stacks behind.
  Matcher matcher(grammar_of({repeat(rule(1), 0, 20'000), sequence({text("("), rule(2), text(")")}),
                              choice({text("a"), sequence({rule(1), rule(1)})})}));
  for (int i = 0; i < 20'000; ++i)
    ASSERT_TRUE(*matcher.accept("(a)"));
  EXPECT_LT(matcher.stacks().size(), 5'000U);
  EXPECT_TRUE(matcher.must_end());
}

TEST(Matcher, ForgetsStacksFromBelowThoseThatAreUsed) {
  constexpr int kDepth = 3'000;
  Matcher matcher(grammar_of({repeat(rule(1), 0, 20'000), sequence({text("("), rule(2), text(")")}),
                              choice({text("a"), sequence({rule(1), rule(1)})})}));
  for (int i = 0; i < 700; ++i)
    ASSERT_TRUE(*matcher.accept("((a)(a))"));
  for (int i = 0; i < kDepth; ++i)
    ASSERT_TRUE(*matcher.accept("("));
  ASSERT_TRUE(*matcher.accept("(a)"));
  EXPECT_EQ(matcher.bytes_to_end(), 4U * kDepth);
  for (int i = 0; i < kDepth; ++i) {
    ASSERT_FALSE(*matcher.accept("(a)(")) << i;
    ASSERT_TRUE(*matcher.accept("(a))")) << i;
  }
  EXPECT_TRUE(matcher.may_end());
  EXPECT_FALSE(*matcher.accept(")"));
}

TEST(Matcher, FollowsRightRecursionWithoutAStack) {
  Matcher matcher(grammar_of({sequence({character({{'a', 'z'}}), optional(rule(0))})}));
  ASSERT_TRUE(*matcher.accept(std::string(100'000, 'x')));
  EXPECT_EQ(matcher.ways().list.size(), 1U);
  EXPECT_EQ(matcher.stacks().size(), 1U);
}

TEST(Matcher, RefusesWhatCanBeReadInTooManyWays) {
  // After n bytes any of the n calls may still be missing its 'b'.
  Matcher matcher(grammar_of({sequence({text("a"), optional(rule(0)), optional(text("b"))})}));
  EXPECT_TRUE(*matcher.accept(std::string(kWaysMax / 2, 'a')));
  const auto refused = matcher.accept(std::string(2 * kWaysMax, 'a'));
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("more than 5000 ways"));
  EXPECT_TRUE(*matcher.accept("b"));  // and it stands where it was
}

TEST(Matcher, TakesTokensThatTheGrammarNames) {
  Expression think{.kind = Expression::Kind::kToken, .tokens = {7, 3}};
  Expression other{.kind = Expression::Kind::kOtherToken, .tokens = {7}};
  Matcher matcher(grammar_of({sequence({think, repeat(other, 0), think, text("ab")})}));
  EXPECT_FALSE(*matcher.accept("anything"));
  EXPECT_FALSE(*matcher.accept(4, "a"));
  EXPECT_EQ(matcher.forced(), "");
  EXPECT_EQ(matcher.bytes_to_end(), 4U);
  EXPECT_EQ(matcher.shortest_end(), std::nullopt);
  EXPECT_TRUE(*matcher.accept(7, "<think>"));
  EXPECT_TRUE(*matcher.accept(100, "whatever"));
  EXPECT_TRUE(*matcher.accept(3, ""));  // the closing one, or one more of the others
  EXPECT_EQ(matcher.bytes_to_end(), 2U);
  EXPECT_EQ(matcher.shortest_end(), "ab");
  EXPECT_TRUE(*matcher.accept(7, "<think>"));
  EXPECT_FALSE(*matcher.accept(100, ""));
  EXPECT_TRUE(*matcher.accept(100, "ab"));
  EXPECT_TRUE(matcher.must_end());
}

TEST(Matcher, PrefersAnEndThatNeedsNoToken) {
  Expression token{.kind = Expression::Kind::kToken, .tokens = {7}};
  Matcher matcher(grammar_of({choice({token, text("long way")})}));
  EXPECT_EQ(matcher.bytes_to_end(), 8U);
  EXPECT_EQ(matcher.shortest_end(), "long way");
}

TEST(Matcher, GoesNowhereWhereNoFiniteTextIsLeft) {
  // "ab" begins only texts that never end.
  Matcher matcher(grammar_of(
      {choice({text("ac"), sequence({text("ab"), rule(1)})}), sequence({text("x"), rule(1)})}));
  EXPECT_EQ(matcher.forced(), "ac");
  EXPECT_FALSE(*matcher.accept("ab"));
}

}  // namespace
}  // namespace hearth::constraint
