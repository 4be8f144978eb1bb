#include "engine/call_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/request_part.h"
#include "constraint/gbnf.h"
#include "constraint/matcher.h"

namespace hearth::engine {
namespace {

using ::testing::HasSubstr;

constexpr const char* kGrammar = R"(root ::= "call " (tool-add-up-schema | tool-b-schema)
tool-add-up-schema ::= "{" [^}]* "}"
tool-b-schema ::= "{}")";
constexpr const char* kEven =
    R"({"type":"object","properties":{"n":{"type":"integer","multipleOf":2}},"required":["n"]})";

constraint::Rules rules() {
  return *constraint::parse_gbnf(kGrammar);
}

bool takes(const constraint::Rules& rules, const std::string& text) {
  constraint::Matcher matcher(*constraint::Grammar::compile(rules));
  return *matcher.accept(text) && matcher.may_end();
}

TEST(CallRules, ArgumentsAreWhatTheSchemaSays) {
  constraint::Effort effort;
  constraint::Rules held = rules();
  EXPECT_TRUE(takes(held, R"(call {"n":3})"));
  ASSERT_TRUE(hold_to_schemas(held, {kGrammar, {{"add_up", "", kEven}, {"b", "", ""}}}, effort)
                  .has_value());
  EXPECT_FALSE(takes(held, R"(call {"n":3})"));
  EXPECT_TRUE(takes(held, R"(call {"n":4})"));
  EXPECT_TRUE(takes(held, "call {}"));
}

TEST(CallRules, ToolsWhoseRulesShareANameKeepWhatTheyHave) {
  constraint::Effort effort;
  constraint::Rules held = rules();
  const Calls calls{kGrammar, {{"add_up", "", kEven}, {"add.up", "", R"({"type":"object"})"}}};
  ASSERT_TRUE(hold_to_schemas(held, calls, effort).has_value());
  EXPECT_EQ(held, rules());
}

TEST(CallRules, WhatCannotBeKeptIsRefusedWhereACallIsRequired) {
  const chat::Tool tool{"add_up", "", R"({"type":"object","not":{"required":["a"]}})"};
  constraint::Effort effort;
  constraint::Rules held = rules();
  EXPECT_TRUE(hold_to_schemas(held, {kGrammar, {tool}, false}, effort).has_value());
  EXPECT_EQ(held, rules());
  const chat::Tool before{"b", "", ""};
  const auto refused = hold_to_schemas(held, {kGrammar, {before, tool}, true}, effort);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("'add_up'"));
  EXPECT_THAT(refused.error().message, HasSubstr("not"));
  EXPECT_EQ(chat::find_part(refused.error().context),
            (chat::RequestPart{chat::RequestPart::Kind::kParameters, 1}));
}

}  // namespace
}  // namespace hearth::engine
