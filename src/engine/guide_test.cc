#include "engine/guide.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "constraint/gbnf.h"
#include "constraint/schema.h"

namespace hearth::engine {
namespace {

using ::testing::EndsWith;
using ::testing::IsEmpty;
using ::testing::StartsWith;

constexpr std::uint32_t kPlenty = 10'000;
constexpr Token kEnd = 256;  // ends an answer
const std::vector<std::string> kWords = {"\"na", "name",    "me\"",     "\": \"",      "ab", "abc",
                                         "\"}",  "<think>", "</think>", "</think>\n{", "}}"};

// Every byte is a token, and some words are.
std::string text_of(Token token) {
  if (token < 256) return std::string(1, static_cast<char>(token));
  if (token == kEnd) return {};
  return kWords[static_cast<std::size_t>(token - kEnd - 1)];
}

Token word(std::string_view text) {
  const auto place = std::find(kWords.begin(), kWords.end(), text);
  return kEnd + 1 + static_cast<Token>(place - kWords.begin());
}

Token byte(char c) {
  return static_cast<unsigned char>(c);
}

std::vector<Token> spell(std::string_view text) {
  std::vector<Token> tokens;
  while (!text.empty()) {
    Token best = byte(text.front());
    for (const std::string& one : kWords) {
      if (text.starts_with(one) && one.size() > text_of(best).size()) best = word(one);
    }
    tokens.push_back(best);
    text.remove_prefix(text_of(best).size());
  }
  return tokens;
}

std::string join(const std::vector<Token>& tokens) {
  std::string text;
  for (const Token token : tokens)
    text += text_of(token);
  return text;
}

std::shared_ptr<const constraint::Vocabulary> vocabulary() {
  std::vector<std::string> texts;
  for (Token token = 0; token <= kEnd + static_cast<Token>(kWords.size()); ++token)
    texts.push_back(text_of(token));
  return constraint::Vocabulary::create(std::move(texts), std::vector<Token>{kEnd});
}

Rule rule_of(const constraint::Rules& rules) {
  auto grammar = constraint::Grammar::compile(rules);
  EXPECT_TRUE(grammar.has_value()) << grammar.error().message;
  auto masks = std::make_shared<constraint::Masks>(*grammar, vocabulary());
  return {*grammar, *grammar, std::move(masks), vocabulary()};
}

Rule rule_of(const char* schema) {
  auto rules = constraint::rules_of_schema(schema);
  EXPECT_TRUE(rules.has_value()) << rules.error().message;
  return rule_of(*rules);
}

constexpr const char* kPerson =
    R"({"type":"object","properties":{"name":{"type":"string"}},"required":["name"],
        "additionalProperties":false})";

std::unique_ptr<Guide> guide_of(Orders orders, std::uint32_t left = kPlenty) {
  auto guide = Guide::create(std::move(orders), {text_of, spell}, left);
  EXPECT_TRUE(guide.has_value()) << guide.error().message;
  return *std::move(guide);
}

bool may_come(Guide& guide, Token token) {
  const auto allowed = guide.allowed();
  EXPECT_TRUE(allowed.has_value());
  return is_allowed(*allowed, static_cast<std::size_t>(token));
}

// What the answer is when these are chosen, as long as it goes on.
std::string answer(Guide& guide, const std::function<Token(Guide&)>& choose, std::uint32_t left) {
  std::vector<Token> all = *guide.begin(left);
  while (!guide.ended() && all.size() < left) {
    const Token chosen = choose(guide);
    EXPECT_TRUE(may_come(guide, chosen)) << join(all) << " then " << text_of(chosen);
    if (chosen == kEnd) break;
    const auto taken = guide.take(chosen, left - static_cast<std::uint32_t>(all.size()));
    EXPECT_TRUE(taken.has_value());
    all.insert(all.end(), taken->begin(), taken->end());
  }
  EXPECT_LE(all.size(), left);
  return join(all);
}

// One letter again and again, wherever it may stand.
Token a_letter(Guide& guide) {
  for (const char c : std::string("a{\"n:0}"))
    if (may_come(guide, byte(c))) return byte(c);
  return kEnd;
}

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
  EXPECT_THAT(*guide->take(byte('{'), kPlenty), ::testing::ElementsAre(byte('{')));
  EXPECT_TRUE(may_come(*guide, byte('"')));
  EXPECT_TRUE(may_come(*guide, word("\"na")));
  EXPECT_FALSE(may_come(*guide, word("\"}")));
  EXPECT_FALSE(may_come(*guide, kEnd));
}

TEST(Guide, ADocumentIsEndedBeforeItsTokensRunOut) {
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

TEST(Guide, ADocumentThatCannotEndInTimeGoesAsFarAsItCan) {
  const auto guide = guide_of({.rule = rule_of(kPerson)}, 4);
  const std::string text = answer(*guide, a_letter, 4);
  EXPECT_FALSE(guide->ended());
  constraint::Matcher matcher(rule_of(kPerson).grammar);
  EXPECT_TRUE(*matcher.accept(text)) << text;
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

dialogue::AnswerFormat thinking(const char* begin, bool begun) {
  dialogue::AnswerFormat format;
  format.thinking_begin = begin;
  format.thinking_end = "</think>";
  format.thinking_begun = begun;
  return format;
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

TEST(Guide, NoMarkIsWrittenThatHasNoRoom) {
  const auto at_end = guide_of({.format = thinking("<think>", true), .thinking_max = 1}, 1);
  EXPECT_EQ(join(*at_end->take(byte('a'), 1)), "a");
  EXPECT_TRUE(at_end->thinks());
  const auto rules = constraint::parse_gbnf(R"(root ::= "x")");
  ASSERT_TRUE(rules.has_value());
  const auto at_begin = guide_of({.rule = rule_of(*rules), .format = thinking("[think]", false)});
  EXPECT_EQ(join(*at_begin->take(byte('['), 3)), "[th");
  EXPECT_EQ(at_begin->rest(), dialogue::Rest::kMarks);
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

TEST(Guide, ThinkingLeavesRoomForTheAnswer) {
  for (const std::uint32_t left : {20U, 40U, 100U}) {
    const auto guide = guide_of({.rule = rule_of(kPerson),
                                 .holds = Orders::Holds::kAfterThinking,
                                 .format = thinking("<think>", true)},
                                left);
    const std::string text = answer(*guide, a_letter, left);
    EXPECT_TRUE(guide->ended()) << text;
    EXPECT_THAT(text, ::testing::HasSubstr("aa</think>{\"name\":"));
  }
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
  Spelling letters{text_of, [](std::string_view text) {
                     std::vector<Token> tokens;
                     for (const char c : text)
                       tokens.push_back(byte(c));
                     return tokens;
                   }};
  const Orders orders{.rule = rule_of(*rules),
                      .holds = Orders::Holds::kAfterThinking,
                      .format = thinking("<think>", false)};
  const auto begin = [&] {
    auto guide = *Guide::create(orders, letters, kPlenty);
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
