#include "engine/call_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/request_part.h"
#include "constraint/gbnf.h"
#include "constraint/matcher.h"

namespace hearth::engine {
namespace {

using constraint::Writing;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Written = dialogue::CallArguments::Written;

constexpr const char* kGrammar = R"(root ::= "call " (arguments-0 | arguments-1)
arguments-0 ::= "{" [^}]* "}"
arguments-1 ::= "<" [a-z0-9]* ">"
open ::= "<n="
close ::= ">")";
constexpr const char* kEven =
    R"({"type":"object","properties":{"n":{"type":"integer","multipleOf":2}},"required":["n"]})";
constexpr const char* kOutline =
    R"({"type":"object","properties":{"n":{"type":"integer"}},"required":["n"]})";

constraint::Rules rules() {
  return *constraint::parse_gbnf(kGrammar);
}

dialogue::CallArguments document(std::string parameters) {
  return {"arguments-0", "add_up", std::move(parameters), kOutline, Written::kDocument, {}};
}

dialogue::CallArguments one_by_one(std::string parameters) {
  dialogue::CallArguments arguments = document(std::move(parameters));
  arguments.rule = "arguments-1";
  arguments.written = Written::kOneByOne;
  Writing writing;
  writing.before = "open";
  writing.after = "close";
  arguments.list.arguments = {{"n", {writing}}};
  return arguments;
}

bool takes(const constraint::Rules& rules, const std::string& text) {
  constraint::Matcher matcher(*constraint::Grammar::compile(rules));
  return *matcher.accept(text) && matcher.may_end();
}

TEST(CallRules, ArgumentsAreWhatTheSchemaSays) {
  constraint::Effort effort;
  constraint::Rules held = rules();
  EXPECT_TRUE(takes(held, R"(call {"n":3})"));
  EXPECT_THAT(*hold_to_schemas(held, {{kGrammar, {document(kEven), one_by_one(kEven)}}}, effort),
              IsEmpty());
  EXPECT_FALSE(takes(held, R"(call {"n":3})"));
  EXPECT_TRUE(takes(held, R"(call {"n":4})"));
  EXPECT_TRUE(takes(held, "call <n=4>"));
  EXPECT_FALSE(takes(held, "call <n=3>"));
  EXPECT_FALSE(takes(held, "call "));
}

TEST(CallRules, WhatCannotBeKeptIsRefusedWhereACallIsRequiredAndElseKeptInShort) {
  const auto tool = document(
      R"({"type":"object","properties":{"n":{"type":"integer","not":{"const":4}}},
          "required":["n"]})");
  constraint::Effort effort;
  constraint::Rules held = rules();
  const auto warnings = hold_to_schemas(held, {{kGrammar, {tool, tool}}, false}, effort);
  ASSERT_TRUE(warnings.has_value());
  EXPECT_THAT(*warnings, ElementsAre(AllOf(HasSubstr("the tool 'add_up': schema at /properties/n/"
                                                     "not: not is not supported"),
                                           HasSubstr("only to the names and types"))));
  EXPECT_TRUE(takes(held, R"(call {"n":4})"));
  EXPECT_FALSE(takes(held, R"(call {"n":"4"})"));
  EXPECT_FALSE(takes(held, "call {}"));
  const auto refused = hold_to_schemas(held, {{kGrammar, {tool}}, true, {"b", "add_up"}}, effort);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("'add_up'"));
  EXPECT_THAT(refused.error().message, HasSubstr("not"));
  EXPECT_EQ(chat::find_part(refused.error().context),
            (chat::RequestPart{chat::RequestPart::Kind::kParameters, 1}));
}

TEST(CallRules, OfManyToolsThatCannotBeKeptOnlyTheFirstAreTold) {
  Calls calls{{kGrammar}};
  for (std::size_t i = 0; i < 2 * kToolWarningsMax; ++i) {
    calls.grammar.arguments.push_back(document(R"({"type":"object","not":{}})"));
    calls.grammar.arguments.back().tool += std::to_string(i);
  }
  constraint::Effort effort;
  constraint::Rules held = rules();
  EXPECT_THAT(*hold_to_schemas(held, calls, effort), SizeIs(kToolWarningsMax));
}

TEST(CallRules, ArgumentsThatCannotBeWrittenAreNamedWithTheirTool) {
  auto tool = one_by_one(R"({"type":"object","required":["n","m"]})");
  constraint::Effort effort;
  constraint::Rules held = rules();
  const auto refused = hold_to_schemas(held, {{kGrammar, {tool}}, true}, effort);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().message, HasSubstr("'add_up'"));
  EXPECT_THAT(refused.error().message, HasSubstr("no place for \"m\""));
}

}  // namespace
}  // namespace hearth::engine
