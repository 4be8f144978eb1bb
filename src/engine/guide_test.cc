#include "engine/guide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "constraint/gbnf.h"
#include "dialogue/tool_trigger.h"
#include "engine/testing/guided.h"

namespace hearth::engine {
namespace {

using namespace testing;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr const char* kCalls = R"(root ::= ("{" "a"* ("}" | "</think>") "\n"?)+)";

TEST(Guide, WhereOneCallIsWantedNoOtherFollows) {
  const auto rules = constraint::parse_gbnf(kCalls);
  ASSERT_TRUE(rules.has_value());
  Orders orders{.rule = rule_of(*rules), .calls = Orders::Calls::kOne};
  orders.rule->text = nullptr;
  const auto guide = guide_of(orders);
  EXPECT_EQ(join(*guide->begin(kPlenty)), "");
  EXPECT_EQ(join(*guide->take(byte('{'), kPlenty)), "{");
  EXPECT_FALSE(guide->ended());
  EXPECT_EQ(join(*guide->take(byte('}'), kPlenty)), "}");
  EXPECT_TRUE(guide->ended());

  orders.calls = Orders::Calls::kSeveral;
  const auto several = guide_of(orders);
  EXPECT_EQ(join(*several->begin(kPlenty)), "");
  EXPECT_EQ(join(*several->take(byte('{'), kPlenty)), "{");
  EXPECT_EQ(join(*several->take(byte('}'), kPlenty)), "}");
  EXPECT_FALSE(several->ended());
}

TEST(Guide, ATextGoesOnWhereItMightEndAndOneCallIsWanted) {
  const auto rules = constraint::parse_gbnf(R"(root ::= ("<" ">")+ | "a"+)");
  const auto text = constraint::parse_gbnf(R"(root ::= "a"+)");
  ASSERT_TRUE(rules.has_value() && text.has_value());
  Orders orders{.rule = rule_of(*rules), .calls = Orders::Calls::kOne};
  orders.rule->text = rule_of(*text).grammar;
  const auto writer = guide_of(orders);
  EXPECT_EQ(join(*writer->take(byte('a'), kPlenty)), "a");
  EXPECT_FALSE(writer->ended());
  EXPECT_EQ(join(*writer->take(byte('a'), kPlenty)), "a");
  const auto caller = guide_of(orders);
  EXPECT_EQ(join(*caller->take(byte('<'), kPlenty)), "<");
  EXPECT_EQ(join(*caller->take(byte('>'), kPlenty)), ">");
  EXPECT_TRUE(caller->ended());
}

TEST(Guide, ATokenThatBeginsTheNextCallIsNotTaken) {
  const auto rules = constraint::parse_gbnf(kCalls);
  ASSERT_TRUE(rules.has_value());
  Orders orders{.rule = rule_of(*rules), .calls = Orders::Calls::kOne};
  orders.rule->text = nullptr;
  const auto guide = guide_of(orders);
  EXPECT_EQ(join(*guide->begin(kPlenty)), "");
  EXPECT_EQ(join(*guide->take(byte('{'), kPlenty)), "{");
  ASSERT_TRUE(may_come(*guide, word("</think>\n{")));
  EXPECT_EQ(join(*guide->take(word("</think>\n{"), kPlenty)), "}");  // a shortest end
  EXPECT_TRUE(guide->ended());
}

TEST(Guide, WhatIsCertainIsWrittenSaveForItsLastToken) {
  const auto guide = guide_of({.rule = rule_of(kPerson)});
  EXPECT_EQ(join(*guide->begin(kPlenty)), "{\"name\"");  // the colon may share a token with a blank
  EXPECT_FALSE(may_come(*guide, byte('"')));
  EXPECT_EQ(join(*guide->take(byte(':'), kPlenty)), ":");
  EXPECT_TRUE(may_come(*guide, byte('"')));
}

TEST(Guide, WhereEveryTokenIsChosenNothingIsWritten) {
  const auto guide = guide_of({.rule = rule_of(kPerson), .certain = Orders::Certain::kChosen});
  EXPECT_THAT(*guide->begin(kPlenty), IsEmpty());
  EXPECT_THAT(*guide->take(byte('{'), kPlenty), ElementsAre(byte('{')));
  EXPECT_TRUE(may_come(*guide, byte('"')));
  EXPECT_TRUE(may_come(*guide, word("\"na")));
  EXPECT_FALSE(may_come(*guide, word("\"}")));
  EXPECT_FALSE(may_come(*guide, kEnd));
}

RC_GTEST_PROP(Guide, WhateverIsChosenTheAnswerIsValid, (std::uint32_t seed)) {
  constexpr const char* kTree =
      R"({"$ref":"#/$defs/t","$defs":{"t":{"type":"object","properties":{
          "name":{"type":"string"},"kids":{"type":"array","items":{"$ref":"#/$defs/t"}}},
          "required":["name","kids"],"additionalProperties":false}}})";
  const Rule rule = rule_of(kTree);
  const auto left = *rc::gen::inRange<std::uint32_t>(30, 300);
  std::uint32_t state = seed | 1;
  const auto choose = [&](Guide& guide) {
    while (true) {
      state = state * 1664525 + 1013904223;
      const auto token = static_cast<Token>((state >> 8) % (kEnd + 1 + kWords.size()));
      if (may_come(guide, token)) return token;
    }
  };
  const auto guide = guide_of({.rule = rule}, left);
  const std::string text = answer(*guide, choose, left);
  constraint::Matcher matcher(rule.grammar);
  RC_ASSERT(*matcher.accept(text));
  RC_ASSERT(matcher.may_end());
}

TEST(Guide, ThinkingIsEndedWhenItHasHadItsTokens) {
  const auto guide = guide_of({.format = thinking("<think>", true), .thinking_max = 3});
  EXPECT_THAT(*guide->begin(kPlenty), IsEmpty());
  EXPECT_TRUE(guide->allowed()->empty());
  EXPECT_EQ(join(*guide->take(byte('a'), kPlenty)), "a");
  EXPECT_EQ(join(*guide->take(byte('b'), kPlenty)), "b");
  EXPECT_TRUE(guide->thinks());
  EXPECT_EQ(join(*guide->take(byte('c'), kPlenty)), "c</think>");
  EXPECT_FALSE(guide->thinks());
  EXPECT_EQ(join(*guide->take(byte('d'), kPlenty)), "d");
}

TEST(Guide, ThinkingThatMayNotBeIsEndedAtOnce) {
  const auto guide = guide_of({.format = thinking("<think>", true), .thinking_max = 0});
  EXPECT_EQ(join(*guide->begin(kPlenty)), "</think>");
  EXPECT_FALSE(guide->thinks());
}

TEST(Guide, ThinkingIsNotEndedWithinACharacter) {
  const auto guide = guide_of({.format = thinking("<think>", true), .thinking_max = 1});
  EXPECT_EQ(guide->take(byte('\xC3'), kPlenty)->size(), 1U);
  EXPECT_EQ(join(*guide->take(byte('\xA4'), kPlenty)), "\xA4</think>");
}

TEST(Guide, AMarkThatIsHalfWrittenIsNotWrittenTwice) {
  const auto guide = guide_of({.format = thinking("<think>", true), .thinking_max = 2});
  EXPECT_EQ(join(*guide->take(byte('<'), kPlenty)), "<");
  EXPECT_EQ(join(*guide->take(byte('/'), kPlenty)), "/think>");
  EXPECT_FALSE(guide->thinks());
}

TEST(Guide, TheRuleHoldsOnceThinkingHasEnded) {
  const auto guide = guide_of({.rule = rule_of(kPerson),
                               .holds = Orders::Holds::kAfterThinking,
                               .format = thinking("<think>", true)});
  EXPECT_TRUE(may_come(*guide, byte('x')));
  EXPECT_FALSE(may_come(*guide, kEnd)) << "whoever ends now has not answered";
  ASSERT_TRUE(guide->take(byte('x'), kPlenty).has_value());
  const auto taken = guide->take(word("</think>"), kPlenty);
  ASSERT_TRUE(taken.has_value());
  EXPECT_THAT(join(*taken), StartsWith("</think>"));
  EXPECT_FALSE(may_come(*guide, byte('x')));
}

TEST(Guide, WhatATokenSaysBehindTheEndOfThinkingMustBeRightToo) {
  Orders orders{.rule = rule_of(R"({"type":"boolean"})"),
                .holds = Orders::Holds::kAfterThinking,
                .format = thinking("<think>", true)};
  const auto guide = guide_of(orders);
  ASSERT_TRUE(guide->take(byte('x'), kPlenty).has_value());
  EXPECT_EQ(join(*guide->take(word("</think>\n{"), kPlenty)), "</think>");  // no boolean begins so
  EXPECT_TRUE(may_come(*guide, byte('t')));

  orders.rule = rule_of(kPerson);
  const auto other = guide_of(orders);
  EXPECT_THAT(join(*other->take(word("</think>\n{"), kPlenty)), StartsWith("</think>\n{"));
  EXPECT_FALSE(may_come(*other, byte('{')));
}

TEST(Guide, ACallIsNoneBeforeThinkingHasEnded) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "!call")");
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  const auto guide = guide_of({.rule = rule_of(*rules), .format = thinking("<think>", false)});
  ASSERT_TRUE(guide->take(word("<think>"), kPlenty).has_value());
  EXPECT_TRUE(guide->thinks());
  ASSERT_TRUE(guide->take(byte('!'), kPlenty).has_value());
  EXPECT_FALSE(guide->ended());
  EXPECT_FALSE(may_come(*guide, kEnd));
  EXPECT_EQ(join(*guide->take(word("</think>"), kPlenty)), "</think>!call");
  EXPECT_TRUE(guide->ended());
}

Orders from_trigger(const std::string& grammar) {
  Orders orders{.rule = rule_of(*constraint::parse_gbnf(grammar)),
                .holds = Orders::Holds::kFromTrigger,
                .certain = Orders::Certain::kChosen};
  orders.format.trigger = *dialogue::ToolTrigger::create({.words = {"</think>"}, .patterns = {}});
  return orders;
}

TEST(Guide, ACallIsHeldWhateverBlanksItsMarkBringsAlong) {
  const auto guide = guide_of(from_trigger(R"(root ::= "</think>{" "a"+ "}")"));
  EXPECT_EQ(join(*guide->take(word("</think>\n{"), kPlenty)), "</think>\n{");
  EXPECT_FALSE(may_come(*guide, byte('}')));
  EXPECT_TRUE(may_come(*guide, byte('a')));
  EXPECT_FALSE(guide->calls_freely());
}

TEST(Guide, ACallThatBeginsInAnUnknownWayIsNotHeldButOneBehindItIs) {
  const auto guide = guide_of(from_trigger(R"(root ::= "</think>[" "a"+ "]")"));
  EXPECT_FALSE(guide->calls_freely());
  EXPECT_EQ(join(*guide->take(word("</think>\n{"), kPlenty)), "</think>\n{");
  EXPECT_TRUE(guide->calls_freely());
  EXPECT_EQ(join(*guide->take(word("</think>"), kPlenty)), "</think>");
  EXPECT_FALSE(guide->calls_freely());
  EXPECT_TRUE(may_come(*guide, byte('[')));
  EXPECT_FALSE(may_come(*guide, byte('{')));
}

TEST(Guide, ACallIsHeldBehindAMarkThatThePromptBegan) {
  Orders orders = from_trigger(R"(root ::= "</think>{" "a"+ "}")");
  orders.before = "Well. </thi";
  const auto guide = guide_of(orders);
  for (const char c : std::string("nk>{"))
    EXPECT_EQ(join(*guide->take(byte(c), kPlenty)), std::string(1, c));
  EXPECT_FALSE(may_come(*guide, byte('}')));
}

TEST(Guide, AMarkInThinkingIsNone) {
  Orders orders = from_trigger(R"(root ::= "abc{" "a"+ "}")");
  orders.format = thinking("<think>", true);
  orders.format.trigger = *dialogue::ToolTrigger::create({.words = {"abc"}, .patterns = {}});
  const auto guide = guide_of(orders);
  for (const Token token : {word("abc"), byte('!'), word("</think>"), byte('!')})
    ASSERT_TRUE(guide->take(token, kPlenty).has_value());
  EXPECT_FALSE(guide->calls_freely());
  ASSERT_TRUE(guide->take(word("abc"), kPlenty).has_value());
  EXPECT_FALSE(may_come(*guide, byte('!')));
}

TEST(Guide, ACallThatThePromptBeganUnknownIsNotHeldButOneBehindItIs) {
  Orders orders = from_trigger(R"(root ::= "</think>{" "a"+ "}")");
  orders.begun_freely = true;
  const auto guide = guide_of(orders);
  EXPECT_EQ(join(*guide->take(byte('a'), kPlenty)), "a");
  EXPECT_TRUE(guide->calls_freely());
  EXPECT_EQ(join(*guide->take(word("</think>\n{"), kPlenty)), "</think>\n{");
  EXPECT_FALSE(guide->calls_freely());
}

TEST(Guide, AModelMayThinkBeforeItAnswersInForm) {
  const Orders orders{.rule = rule_of(R"({"type":"boolean"})"),
                      .holds = Orders::Holds::kAfterThinking,
                      .format = thinking("<think>", false)};
  const auto thinker = guide_of(orders);
  EXPECT_TRUE(may_come(*thinker, word("<think>")));
  EXPECT_TRUE(may_come(*thinker, byte('t')));
  EXPECT_FALSE(may_come(*thinker, byte('x')));
  ASSERT_TRUE(thinker->take(word("<think>"), kPlenty).has_value());
  EXPECT_TRUE(thinker->thinks());
  EXPECT_TRUE(may_come(*thinker, byte('x')));
  ASSERT_TRUE(thinker->take(word("</think>"), kPlenty).has_value());
  EXPECT_FALSE(may_come(*thinker, word("<think>")));

  const auto other = guide_of(orders);
  EXPECT_EQ(join(*other->take(byte('t'), kPlenty)), "true");
  EXPECT_TRUE(other->ended());
}

// A model that spells its marks with letters: thinking and a call begin alike.
TEST(Guide, WhatBeginsLikeThinkingMayBecomeWhatTheRuleWants) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "<tool>" | "[" [a-z]+ "]")");
  ASSERT_TRUE(rules.has_value());
  const Orders orders{.rule = rule_of(*rules),
                      .holds = Orders::Holds::kAfterThinking,
                      .format = thinking("<think>", false)};
  const auto begin = [&] {
    auto guide = *Guide::create(orders, {text_of, spell_bytes}, kPlenty);
    for (const char c : std::string("<t"))
      EXPECT_EQ(join(*guide->take(byte(c), kPlenty)), std::string(1, c));
    EXPECT_FALSE(guide->thinks());
    EXPECT_TRUE(may_come(*guide, byte('h')));
    EXPECT_TRUE(may_come(*guide, byte('o')));
    EXPECT_FALSE(may_come(*guide, byte('[')));
    return guide;
  };
  const auto thinker = begin();
  EXPECT_EQ(join(*thinker->take(byte('h'), kPlenty)), "hink>");
  EXPECT_TRUE(thinker->thinks());
  const auto caller = begin();
  EXPECT_EQ(join(*caller->take(byte('o'), kPlenty)), "ool>");
  EXPECT_TRUE(caller->ended());
}

// As in gpt-oss: the prompt has begun the turn, and behind thinking there is another one.
TEST(Guide, BehindAThoughtThatIsATurnTheTextBeginsAnother) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "<start>" "<text>" ("a" | "b"))");
  ASSERT_TRUE(rules.has_value());
  Orders orders{.rule = rule_of(*rules),
                .holds = Orders::Holds::kAfterThinking,
                .format = thinking("<think>", false)};
  orders.format.frame = {.text_begin = "<text>", .turn_begin = "<start>"};
  const auto at_once = guide_of(orders);
  EXPECT_TRUE(may_come(*at_once, byte('<')));
  EXPECT_EQ(join(*at_once->take(byte('<'), kPlenty)), "<text");
  const auto thoughtful = guide_of(orders);
  ASSERT_TRUE(thoughtful->take(word("<think>"), kPlenty).has_value());
  EXPECT_EQ(join(*thoughtful->take(word("</think>"), kPlenty)), "</think><start><text");
}

TEST(Guide, KnowsWhatOfAnAnswerIsText) {
  const auto rules = constraint::parse_gbnf(R"(root ::= "<call>" | "<text>" "<b>")");
  const auto text = constraint::parse_gbnf(R"(root ::= "<text>" "<b>")");
  ASSERT_TRUE(rules.has_value() && text.has_value());
  Orders orders{.rule = rule_of(*rules), .certain = Orders::Certain::kChosen};
  orders.rule->text = rule_of(*text).grammar;
  orders.format.frame.text_begin = "<text>";
  const auto is_text = [&](std::string_view said) {
    const auto guide = guide_of(orders);
    for (const char c : said)
      EXPECT_TRUE(guide->take(byte(c), kPlenty).has_value()) << said;
    return guide->rest() != dialogue::Rest::kMarks;
  };
  EXPECT_FALSE(is_text("<te"));
  EXPECT_FALSE(is_text("<text>"));
  EXPECT_TRUE(is_text("<text><"));
  EXPECT_FALSE(is_text("<ca"));
  orders.rule->text = nullptr;
  EXPECT_FALSE(is_text("<text><"));
  orders.rule.reset();
  EXPECT_TRUE(is_text("<te"));
}

TEST(Guide, WhatAReaderTakesForTheEndOfThinkingEndsIt) {
  Orders orders{.rule = rule_of(R"({"type":"boolean"})"), .format = thinking("<think>", true)};
  orders.format.thinking_breaks = {"name"};
  const auto guide = guide_of(orders);
  for (const char c : std::string("anam"))
    ASSERT_TRUE(guide->take(byte(c), kPlenty).has_value());
  EXPECT_EQ(join(*guide->take(byte('e'), kPlenty)), "</think>");
  EXPECT_TRUE(may_come(*guide, byte('t')));
}

}  // namespace
}  // namespace hearth::engine
