// What the real hearth-runner makes of constraints. The weights are random: without a constraint,
// nothing that is asked for here would ever be said.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "chat/request_part.h"
#include "json/parse.h"
#include "runner_fixture.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::MatchesRegex;
using Kind = chat::Constraint::Kind;
using Part = chat::RequestPart::Kind;

constexpr const char* kPerson = R"({
  "type": "object",
  "properties": {
    "name": {"type": "string"},
    "age": {"type": "integer", "minimum": 0, "maximum": 150},
    "friends": {"type": "array", "items": {"type": "string"}}
  },
  "required": ["name", "age", "friends"],
  "additionalProperties": false
})";

chat::Request bound(Kind kind, std::string text, std::uint32_t max_tokens = 100) {
  chat::Request request = make_request("hello", max_tokens);
  request.sampling.temperature = 1;
  request.sampling.top_k = 0;
  request.sampling.seed = 1;
  request.constraint = {kind, std::move(text)};
  return request;
}

TEST_F(RunnerTest, AGrammarIsKeptToTheLetter) {
  load("tiny-llama-f16");
  const Answer answer =
      ask(bound(Kind::kGrammar, R"(root ::= "it is " [0-9]{3} (" and " [a-c]+)? "!")"));
  EXPECT_THAT(answer.text, MatchesRegex("it is [0-9][0-9][0-9]( and [a-c]+)?!"));
  EXPECT_EQ(answer.finished, Reason::kStop);
  EXPECT_THAT(answer.usage.forced_tokens, Gt(0U));
}

// They come with one step, and readers give credit for 256 events.
TEST_F(RunnerTest, HundredsOfTokensThatAreCertainAreAFewEvents) {
  load("tiny-llama-f16");
  const Answer forced = ask(bound(Kind::kGrammar, R"(root ::= "ab"{300})", 1'000));
  EXPECT_EQ(forced.text.size(), 600U);
  EXPECT_THAT(forced.usage.completion_tokens, Gt(280U));
  EXPECT_LT(forced.deltas, 5U);
  const Answer closed =
      ask(bound(Kind::kSchema, R"({"type":"array","items":{"const":0},"minItems":340})", 690));
  EXPECT_TRUE(json::parse(closed.text).has_value()) << closed.text;
  EXPECT_THAT(closed.usage.completion_tokens, Gt(280U));
  EXPECT_LT(closed.deltas, 50U);
}

TEST_F(RunnerTest, ASchemaIsKeptAndTheDocumentIsWholeWhereverTheTokensEnd) {
  load("tiny-llama-f16");
  for (const std::uint32_t max_tokens : {40U, 41U, 42U, 43U, 60U, 300U}) {
    const Answer answer = ask(bound(Kind::kSchema, kPerson, max_tokens));
    EXPECT_EQ(answer.finished, Reason::kStop) << answer.text;
    EXPECT_LE(answer.usage.completion_tokens, max_tokens);
    const auto document = json::parse(answer.text);
    ASSERT_TRUE(document.has_value()) << answer.text;
    EXPECT_THAT(answer.text,
                MatchesRegex(R"(\{"name": ?".*", ?"age": ?[0-9]+, ?"friends": ?\[.*\]\})"));
  }
}

TEST_F(RunnerTest, ADocumentThatWasBegunIsGoneOnWith) {
  load("tiny-llama-f16");
  const std::string begun = R"({"name": "A)";
  chat::Request request = bound(Kind::kSchema, kPerson, 80);
  request.messages.push_back({.role = chat::Role::kAssistant, .content = begun});
  request.continue_last = true;
  const Answer answer = ask(request);
  EXPECT_EQ(answer.finished, Reason::kStop);
  const auto document = json::parse(begun + answer.text);
  ASSERT_TRUE(document.has_value()) << answer.text;
  EXPECT_TRUE(document->as_object().at("name").as_string().starts_with("A"));
}

TEST_F(RunnerTest, ADocumentThatWasLaidOutIsGoneOnWith) {
  load("tiny-llama-f16");
  for (const char* begun : {"{ ", "{\n  \"name\" : \"A b", "{\n  \"name\": \"A\",\n  \"age\": 4"}) {
    chat::Request request = bound(Kind::kSchema, kPerson, 120);
    request.messages.push_back({.role = chat::Role::kAssistant, .content = begun});
    request.continue_last = true;
    const Answer answer = ask(request);
    EXPECT_EQ(answer.finished, Reason::kStop);
    EXPECT_TRUE(json::parse(begun + answer.text).has_value()) << begun << "|" << answer.text;
  }
}

// No document has a blank in the middle of a word, and the prompt cannot be changed any more.
TEST_F(RunnerTest, ADocumentThatEndsWithABlankInAWordIsRefused) {
  load("tiny-llama-f16");
  constexpr const char* kAny = R"({"type":"object","required":["a"],
    "properties":{"a":{"type":["boolean","null","number"]}}})";
  for (const char* word : {"4 ", "t ", "nul\n", "- ", "1e ", "1.\t"}) {
    for (const Kind kind : {Kind::kSchema, Kind::kAnyObject}) {
      if (kind == Kind::kAnyObject && word[0] == '4') continue;  // there a blank may follow it
      chat::Request request = bound(kind, kind == Kind::kSchema ? kAny : "", 80);
      request.messages.push_back(
          {.role = chat::Role::kAssistant, .content = std::string("{\"a\": ") + word});
      request.continue_last = true;
      const Answer refused = ask(request);
      ASSERT_TRUE(refused.failed.has_value()) << word << "|" << refused.text;
      EXPECT_EQ(refused.failed->code, Code::kInvalidArgument);
      EXPECT_NE(refused.failed->message.find("leave that white space out"), std::string::npos);
    }
  }
}

TEST_F(RunnerTest, AnotherDocumentThanTheRulesWriteIsFollowedByAWholeOneAndThatIsTold) {
  load("tiny-llama-f16");
  chat::Request request = bound(Kind::kSchema, R"({"enum":[{"ü":1}]})");
  request.messages.push_back({.role = chat::Role::kAssistant, .content = R"({"\u00fc":)"});
  request.continue_last = true;
  const Answer answer = ask(request);
  EXPECT_TRUE(json::parse(answer.text).has_value()) << answer.text;
  ASSERT_EQ(answer.warnings.size(), 1U);
  EXPECT_NE(answer.warnings[0].find("a whole one follows it"), std::string::npos);
}

TEST_F(RunnerTest, ADocumentThatIsWholeAlreadyHasNothingToGoOnWith) {
  load("tiny-llama-f16");
  chat::Request request = bound(Kind::kSchema, R"({"enum":["yes","no"]})");
  request.messages.push_back({.role = chat::Role::kAssistant, .content = R"("yes")"});
  request.continue_last = true;
  const Answer answer = ask(request);
  EXPECT_EQ(answer.text, "");
  EXPECT_EQ(answer.finished, Reason::kStop);
}

TEST_F(RunnerTest, AGrammarOfNothingIsAnsweredWithNothing) {
  load("tiny-llama-f16");
  const Answer answer = ask(bound(Kind::kGrammar, "root ::= "));
  EXPECT_EQ(answer.text, "");
  EXPECT_EQ(answer.finished, Reason::kStop);
}

TEST_F(RunnerTest, BehindOtherTextADocumentBegins) {
  load("tiny-llama-f16");
  chat::Request request = bound(Kind::kSchema, R"({"enum":["yes","no"]})");
  request.messages.push_back({.role = chat::Role::kAssistant, .content = "I would say"});
  request.continue_last = true;
  EXPECT_THAT(ask(request).text, MatchesRegex("\"(yes|no)\""));
}

TEST_F(RunnerTest, ADocumentThatCannotBeWholeEndsForItsLength) {
  load("tiny-llama-f16");
  const Answer answer = ask(bound(Kind::kSchema, kPerson, 3));
  EXPECT_EQ(answer.finished, Reason::kLength);
  EXPECT_EQ(std::string(R"({"name": ")").substr(0, answer.text.size()), answer.text);
}

TEST_F(RunnerTest, JsonModeSaysAnObject) {
  load("tiny-llama-f16");
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    chat::Request request = bound(Kind::kAnyObject, "", 120);
    request.sampling.seed = seed;
    const Answer answer = ask(request);
    EXPECT_EQ(answer.finished, Reason::kStop);
    const auto document = json::parse(answer.text);
    ASSERT_TRUE(document.has_value()) << answer.text;
    EXPECT_TRUE(document->is_object());
  }
}

TEST_F(RunnerTest, ARawPromptIsAnsweredInFormToo) {
  load("tiny-llama-f16");
  chat::Request request = bound(Kind::kGrammar, R"(root ::= "yes" | "no")");
  request.messages.clear();
  request.raw_prompt = "Is it?";
  EXPECT_THAT(ask(request).text, MatchesRegex("yes|no"));
}

TEST_F(RunnerTest, EveryTokenHasItsLogprobWhenTheyAreAskedFor) {
  load("tiny-llama-f16");
  chat::Request request = bound(Kind::kGrammar, R"(root ::= "abcdefghij" [0-9]{5} "k")");
  request.logprobs = 1;
  const Answer answer = ask(request);
  EXPECT_EQ(answer.usage.forced_tokens, 0U);
  std::string said;
  for (const chat::TokenLogprob& one : answer.logprobs)
    said += one.chosen.bytes;
  EXPECT_EQ(said, answer.text);
}

TEST_F(RunnerTest, TokensThatCloseADocumentEarlyHaveNoLogprobs) {
  load("tiny-llama-f16");
  for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U}) {
    chat::Request request = bound(Kind::kGrammar, R"(root ::= "a" [0-9]+ ".")", 4);
    request.sampling.seed = seed;
    request.logprobs = 1;
    const Answer answer = ask(request);
    std::string said;
    for (const chat::TokenLogprob& one : answer.logprobs)
      said += one.chosen.bytes;
    EXPECT_EQ(said, answer.text.substr(0, said.size()));
  }
}

TEST_F(RunnerTest, ADocumentThatIsClosedEarlySaysWhy) {
  load("tiny-llama-f16", {.context = 128});
  const Answer whole = ask(bound(Kind::kSchema, R"({"enum":["yes","no"]})"));
  EXPECT_EQ(whole.finished, Reason::kStop);
  EXPECT_THAT(whole.warnings, IsEmpty());
  const Answer cut = ask(bound(Kind::kSchema, kPerson, 41));
  EXPECT_EQ(cut.finished, Reason::kStop);
  EXPECT_THAT(cut.warnings, ElementsAre(AllOf(HasSubstr("max_tokens"), HasSubstr("made up"))));
  const Answer filled = ask(bound(Kind::kSchema, kPerson, 1000));
  EXPECT_EQ(filled.finished, Reason::kStop);
  EXPECT_THAT(filled.warnings, ElementsAre(HasSubstr("the context")));
}

TEST_F(RunnerTest, ManyAnswersAreHeldToDifferentThingsAtOnce) {
  load("tiny-llama-f16");
  for (std::uint32_t i = 0; i < 8; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    runner_.generate(i + 1, bound(Kind::kGrammar, "root ::= \"" + letter + "\"{5} [0-9]{10}"));
  }
  for (std::uint32_t i = 0; i < 8; ++i) {
    const std::string letter(1, static_cast<char>('a' + i));
    EXPECT_THAT(runner_.finish(i + 1).text,
                MatchesRegex(letter + letter + letter + letter + letter + "[0-9]+"));
  }
}

TEST_F(RunnerTest, WhatCannotBeKeptIsRefusedAndTheRunnerGoesOn) {
  load("tiny-llama-f16");
  const std::pair<Kind, std::string> refused[] = {
      {Kind::kGrammar, "root ::= root \"a\""},
      {Kind::kGrammar, "root ::= nowhere"},
      {Kind::kGrammar, "%llguidance {}\nstart: /a+/"},
      {Kind::kGrammar, "root ::= " + std::string(100'000, '(')},
      {Kind::kSchema, "{"},
      {Kind::kSchema, R"({"type":"string","pattern":"(?=a)b"})"},
      {Kind::kSchema, R"({"not":{"type":"string"}})"},
      {Kind::kSchema, R"({"$ref":"https://example.com/schema"})"},
      {Kind::kSchema, R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})"},
  };
  for (const auto& [kind, text] : refused) {
    const Answer answer = ask(bound(kind, text));
    ASSERT_TRUE(answer.failed.has_value()) << text.substr(0, 100) << ": " << answer.text;
    EXPECT_EQ(answer.failed->code, Code::kInvalidArgument) << text.substr(0, 100);
    EXPECT_FALSE(answer.failed->message.empty());
    EXPECT_EQ(chat::find_part(answer.failed->context), chat::RequestPart{Part::kConstraint})
        << text.substr(0, 100);
  }
  EXPECT_EQ(ask(make_request("hello", 5)).finished, Reason::kLength);
}

TEST_F(RunnerTest, AmbiguityEndsInAnErrorOrAnAnswerNeverInSilence) {
  load("tiny-llama-f16");
  const std::string ambiguous[] = {
      R"(root ::= (x | y)* 
x ::= "a" root?
y ::= "a" root?)",
      R"(root ::= a a a a a a a a a a a a
a ::= "x"? b? c?
b ::= "x"? c?
c ::= "x"?)",
      R"(root ::= ("a"* "a"* "a"* "a"* "a"*)* "b")"};
  for (const std::string& grammar : ambiguous) {
    const Answer answer = ask(bound(Kind::kGrammar, grammar, 60));
    EXPECT_TRUE(answer.finished || answer.failed->code == Code::kInvalidArgument) << grammar;
  }
  EXPECT_EQ(ask(make_request("hello", 5)).finished, Reason::kLength);
}

}  // namespace
}  // namespace hearth::testing
