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

TEST(AnswerRules, OfCallsAloneThereIsNoText) {
  RuleSource source = document_or_call();
  source.constraint = {};
  const Rule rule = rule_of(source);
  EXPECT_TRUE(takes(rule.grammar, "<call>{}"));
  EXPECT_EQ(rule.text, nullptr);
}

}  // namespace
}  // namespace hearth::engine
