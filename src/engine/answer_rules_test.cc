#include "engine/answer_rules.h"

#include <vector>

#include <gmock/gmock.h>

#include "constraint/matcher.h"

namespace hearth::engine {
namespace {

constexpr const char* kCall = R"(root ::= "<call>" arguments-0
arguments-0 ::= "{}")";

RuleSource document() {
  RuleSource source;
  source.constraint = {chat::Constraint::Kind::kSchema, R"({"type":"integer","maximum":9})"};
  source.frame.text_begin = "<text>";
  return source;
}

RuleSource document_or_call() {
  RuleSource source = document();
  source.calls.grammar = {
      kCall, {{"arguments-0", "now", R"({"maxProperties":0})", R"({"type":"object"})"}}};
  source.calls.tools = {"now"};
  return source;
}

Rule rule_of(const RuleSource& source) {
  constexpr constraint::Token kEnd = 1;
  const auto vocabulary = constraint::Vocabulary::create({"<", ""}, std::vector{kEnd});
  constraint::Effort effort;
  auto rule = make_rule(source, {vocabulary, {}}, effort);
  EXPECT_TRUE(rule) << rule.error().message;
  return rule ? *std::move(rule) : Rule();
}

bool takes(const std::shared_ptr<const constraint::Grammar>& grammar, const std::string& text) {
  constraint::Matcher matcher(grammar);
  return *matcher.accept(text) && matcher.may_end();
}

TEST(AnswerRules, BesideCallsTheTextIsTheDocumentAlone) {
  const Rule rule = rule_of(document_or_call());
  EXPECT_TRUE(takes(rule.grammar, "<text>5"));
  EXPECT_TRUE(takes(rule.grammar, "<call>{}"));
  EXPECT_FALSE(takes(rule.grammar, "<text>50"));
  EXPECT_TRUE(takes(rule.text, "<text>5"));
  EXPECT_FALSE(takes(rule.text, "<text>50"));
  EXPECT_FALSE(takes(rule.text, "<call>{}"));
}

TEST(AnswerRules, ADocumentWithoutCallsIsMadeOnce) {
  const Rule rule = rule_of(document());
  EXPECT_TRUE(takes(rule.grammar, "<text>5"));
  EXPECT_EQ(rule.text, rule.grammar);
}

TEST(AnswerRules, AGrammarIsRefusedByTheNamesOfItsAuthor) {
  RuleSource source;
  source.constraint = {chat::Constraint::Kind::kGrammar, R"(root ::= "a" root)"};
  constraint::Effort effort;
  const auto vocabulary = constraint::Vocabulary::create({"<", ""}, std::vector{1});
  const auto rule = make_rule(source, {vocabulary, {}}, effort);
  ASSERT_FALSE(rule);
  EXPECT_THAT(rule.error().message, ::testing::HasSubstr("root"));
  EXPECT_THAT(rule.error().message, ::testing::Not(::testing::HasSubstr("answer")));
}

TEST(AnswerRules, ThinkingThatIsSwitchedOffIsNotBegunInPlaceOfADocument) {
  chat::Request asked;
  asked.constraint = {chat::Constraint::Kind::kAnyObject, {}};
  dialogue::AnswerFormat format;
  format.thinking_begin = "<think>";
  format.thinking_end = "</think>";
  EXPECT_EQ(plan_answer(asked, format, {}).orders.format.thinking_begin, "<think>");
  asked.thinking.mode = chat::Thinking::Mode::kOff;
  EXPECT_EQ(plan_answer(asked, format, {}).orders.format.thinking_begin, "");
}

TEST(AnswerRules, OfCallsAloneThereIsNoText) {
  RuleSource source = document_or_call();
  source.constraint = {};
  const Rule rule = rule_of(source);
  EXPECT_TRUE(takes(rule.grammar, "<call>{}"));
  EXPECT_EQ(rule.text, nullptr);
}

}  // namespace
}  // namespace hearth::engine
