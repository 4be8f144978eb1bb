// What a guide does where tokens are few: nothing comes to an answer beyond them, and what can be
// ended within them is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraint/gbnf.h"
#include "engine/guide.h"
#include "engine/testing/guided.h"

namespace hearth::engine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(GuideRoom, ADocumentIsEndedBeforeItsTokensRunOut) {
  for (const std::uint32_t left : {14U, 20U, 50U, 200U}) {
    const auto guide = guide_of({.rule = rule_of(kPerson)}, left);
    const std::string text = answer(*guide, a_letter, left);
    EXPECT_TRUE(guide->ended()) << text;
    EXPECT_THAT(text, EndsWith("\"}"));
    constraint::Matcher matcher(rule_of(kPerson).grammar);
    EXPECT_TRUE(*matcher.accept(text));
    EXPECT_TRUE(matcher.may_end());
  }
}

TEST(GuideRoom, ADocumentThatCannotEndInTimeGoesAsFarAsItCan) {
  const auto guide = guide_of({.rule = rule_of(kPerson)}, 4);
  const std::string text = answer(*guide, a_letter, 4);
  EXPECT_FALSE(guide->ended());
  constraint::Matcher matcher(rule_of(kPerson).grammar);
  EXPECT_TRUE(*matcher.accept(text)) << text;
}

// The words of the end are others than those of what is certain.
TEST(GuideRoom, WhatIsCertainLeavesRoomForTheEnd) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "\"name" ("\"" | "xyzxyz"))");
  ASSERT_TRUE(rules.has_value());
  for (const std::uint32_t left : {2U, 3U}) {
    const auto guide = guide_of({.rule = rule_of(*rules)}, left);
    EXPECT_THAT(*guide->begin(left), IsEmpty());
    EXPECT_EQ(join(*guide->take(word("\"na"), left)), "\"na");
    EXPECT_THAT(*guide->take(byte('m'), left - 1), ElementsAre(word("me\"")));
    EXPECT_TRUE(guide->ended());
  }
}

TEST(GuideRoom, KnowsWhetherADocumentWasClosedForWantOfTokens) {
  const auto cut = guide_of({.rule = rule_of(kPerson)}, 20);
  EXPECT_THAT(answer(*cut, a_letter, 20), EndsWith("a\"}"));
  EXPECT_TRUE(cut->closed_early());
  const auto whole = guide_of({.rule = rule_of(kPerson)});
  const auto name_and_end = [](Guide& guide) {
    return may_come(guide, word("\"}")) ? word("\"}") : a_letter(guide);
  };
  EXPECT_EQ(answer(*whole, name_and_end, kPlenty), R"({"name":"}"})");
  EXPECT_FALSE(whole->closed_early());
}

TEST(GuideRoom, WhatCouldEndInNoOtherWayIsNotClosedEarly) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "abc")");
  ASSERT_TRUE(rules.has_value());
  const auto guide = guide_of({.rule = rule_of(*rules), .certain = Orders::Certain::kChosen}, 1);
  EXPECT_EQ(join(*guide->take(word("ab"), 1)), "abc");
  EXPECT_TRUE(guide->ended());
  EXPECT_FALSE(guide->closed_early());
}

TEST(GuideRoom, AnAnswerThatMayEndButMeantToGoOnIsClosedEarly) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "a" ("," "ab")*)");
  ASSERT_TRUE(rules.has_value());
  const auto guide = guide_of({.rule = rule_of(*rules)}, 2);
  EXPECT_EQ(join(*guide->begin(2)), "");
  EXPECT_EQ(join(*guide->take(byte('a'), 2)), "a");
  EXPECT_THAT(*guide->take(byte(','), 1), IsEmpty());
  EXPECT_TRUE(guide->ended());
  EXPECT_TRUE(guide->closed_early());
}

TEST(GuideRoom, NoMarkIsWrittenThatHasNoRoom) {
  const auto at_end = guide_of({.format = thinking("<think>", true), .thinking_max = 1}, 1);
  EXPECT_EQ(join(*at_end->take(byte('a'), 1)), "a");
  EXPECT_TRUE(at_end->thinks());
  const auto rules = constraint::parse_gbnf(R"(root ::= "x")");
  ASSERT_TRUE(rules.has_value());
  const auto at_begin = guide_of({.rule = rule_of(*rules), .format = thinking("[think]", false)});
  EXPECT_EQ(join(*at_begin->take(byte('['), 3)), "[th");
  EXPECT_EQ(at_begin->rest(), dialogue::Rest::kMarks);
}

// A model that has no words for its marks: what is written at once is a long mark and what follows.
TEST(GuideRoom, WhateverIsWrittenTogetherHasRoom) {
  const Rule rule = rule_of(kPerson);
  for (std::uint32_t left = 1; left <= 60; ++left) {
    Orders orders{.rule = rule, .format = thinking("<think>", left % 2 == 0)};
    if (left % 3 == 0) orders.thinking_max = 1;
    const auto guide = *Guide::create(orders, {text_of, spell_bytes}, left);
    const auto think = [](Guide& of) { return may_come(of, byte('<')) ? byte('<') : a_letter(of); };
    EXPECT_LE(answer(*guide, think, left).size(), left);
  }
}

TEST(GuideRoom, AThoughtThatMustEndIsEndedAsFarAsThereIsRoom) {
  Orders orders{.rule = rule_of(R"({"type":"boolean"})"), .format = thinking("<think>", true)};
  orders.format.thinking_breaks = {"ab"};
  const auto guide = *Guide::create(orders, {text_of, spell_bytes}, 4);
  EXPECT_EQ(join(*guide->take(byte('a'), 4)), "a");
  EXPECT_EQ(join(*guide->take(byte('b'), 3)), "</t");
  EXPECT_FALSE(guide->ended());
}

TEST(GuideRoom, ThinkingLeavesRoomForTheAnswer) {
  for (const std::uint32_t left : {20U, 40U, 100U}) {
    const auto guide = guide_of({.rule = rule_of(kPerson),
                                 .holds = Orders::Holds::kAfterThinking,
                                 .format = thinking("<think>", true)},
                                left);
    const std::string text = answer(*guide, a_letter, left);
    EXPECT_TRUE(guide->ended()) << text;
    EXPECT_THAT(text, HasSubstr("aa</think>{\"name\":"));
  }
}

// Half of the mark is there, or half of a character, when thinking has to end.
TEST(GuideRoom, ThinkingLeavesRoomForTheAnswerWhereverItEnds) {
  const Orders orders{.rule = rule_of(kPerson), .format = thinking("<think>", true)};
  for (const std::string thought : {"<", "</", "</t", "\xC3", "\xF0\x9F\x98\x80"}) {
    for (std::uint32_t left = 24; left <= 40; ++left) {
      const auto guide = guide_of(orders, left);
      std::size_t said = 0;
      const auto think = [&](Guide& of) {
        return of.thinks() ? byte(thought[said++ % thought.size()]) : a_letter(of);
      };
      const std::string text = answer(*guide, think, left);
      EXPECT_TRUE(guide->ended()) << left << ": " << text;
    }
  }
}

}  // namespace
}  // namespace hearth::engine
