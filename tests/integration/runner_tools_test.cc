// What the real hearth-runner makes of tools and thinking, with the templates of many families. The
// weights are random and the vocabulary has none of the families' own tokens: every mark is written
// as text, which is the worst case for reading it.
#include <algorithm>
#include <fstream>
#include <iterator>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/node.h"
#include "json/parse.h"
#include "runner_fixture.h"

namespace hearth::testing {
namespace {

using ::testing::AllOf;
using ::testing::AnyOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Choice = chat::ToolChoice::Kind;

constexpr const char* kWeather = R"({"type":"object","properties":{
  "city":{"type":"string","enum":["Rome","Oslo"]},
  "days":{"type":"integer","minimum":1,"maximum":9,"multipleOf":3}},
  "required":["city","days"],"additionalProperties":false})";

constexpr const char* kAdvice = R"({"type":"array","prefixItems":[{"enum":["umbrella","hat"]}],
  "minItems":1,"maxItems":1})";

std::string template_of(const std::string& family) {
  std::ifstream file(std::string(HEARTH_LLAMA_TEMPLATES) + "/" + family + ".jinja");
  EXPECT_TRUE(file.good()) << family;
  return {std::istreambuf_iterator<char>(file), {}};
}

chat::Request with_tools(Choice choice, std::string name = "") {
  chat::Request request = make_request("What is the weather in Rome?", 400);
  request.sampling.temperature = 1;
  request.sampling.seed = 3;
  request.tools = {{"get_weather", "tells the weather", kWeather},
                   {"stop_all", "stops everything", R"({"type":"object","properties":{}})"}};
  request.tool_choice = {choice, std::move(name)};
  request.parallel_tool_calls = false;
  request.thinking.tokens_max = 20;  // else thinking takes all but the shortest call
  return request;
}

// Some families let anything stand in the head of a call: random weights go on there until the call
// is closed for them, and then that is told.
void expect_called(const Answer& answer) {
  if (answer.finished != Reason::kLength) {
    EXPECT_EQ(answer.finished, Reason::kToolCalls) << answer.text;
    EXPECT_THAT(answer.warnings, IsEmpty());
  } else {
    EXPECT_THAT(answer.warnings, ElementsAre(HasSubstr("closed early")));
  }
  EXPECT_THAT(answer.calls, Not(IsEmpty())) << answer.text;
}

// Whatever it looks like: what an answer is held to says where it ends.
TEST_F(RunnerTest, AFamilysMarkInADocumentOrCallEndsNothing) {
  load("tiny-llama-f16", {.chat_template = template_of("poolside-Laguna-XS.2")});
  constexpr const char* kDocument = R"({"type":"object","properties":{
    "html":{"const":"a</assistant>b"},"n":{"type":"integer"}},"required":["html","n"]})";
  for (const char* stop : {"", "</assistant>"}) {
    chat::Request request = make_request("hello", 300);
    request.constraint = {chat::Constraint::Kind::kSchema, kDocument};
    request.thinking.tokens_max = 20;
    if (*stop != 0) request.stop = {stop};
    const Answer answer = ask(request);
    ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
    EXPECT_EQ(json::parse(answer.text).has_value(), *stop == 0) << answer.text;
    EXPECT_THAT(answer.text, HasSubstr(*stop == 0 ? "a</assistant>b" : "\"a"));
  }
  for (const Choice choice : {Choice::kNamed, Choice::kRequired}) {
    chat::Request request = with_tools(choice, choice == Choice::kNamed ? "say" : "");
    request.tools = {{"say", "says", R"({"type":"object","properties":{
      "html":{"const":"a</assistant>b"}},"required":["html"]})"}};
    const Answer answer = ask(request);
    ASSERT_THAT(answer.calls, SizeIs(1)) << answer.text;
    EXPECT_EQ(answer.calls[0].arguments, R"({"html":"a</assistant>b"})");
  }
}

class Family : public RunnerTest, public ::testing::WithParamInterface<const char*> {
 protected:
  void SetUp() override { load("tiny-llama-f16", {.chat_template = template_of(GetParam())}); }
};

TEST_P(Family, ARequiredCallIsACallOfOneOfTheTools) {
  const Answer answer = ask(with_tools(Choice::kRequired));
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  expect_called(answer);
  ASSERT_THAT(answer.calls, SizeIs(1)) << answer.text;
  EXPECT_THAT(answer.calls[0].name, AnyOf("get_weather", "stop_all"));
  EXPECT_FALSE(answer.calls[0].id.empty());
  EXPECT_TRUE(json::parse(answer.calls[0].arguments).has_value()) << answer.calls[0].arguments;
}

TEST_P(Family, ANamedCallIsOfThisToolWithArgumentsOfItsSchema) {
  const Answer answer = ask(with_tools(Choice::kNamed, "get_weather"));
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  expect_called(answer);
  ASSERT_THAT(answer.calls, SizeIs(1)) << answer.text;
  EXPECT_EQ(answer.calls[0].name, "get_weather");
  const auto arguments = json::parse(answer.calls[0].arguments);
  ASSERT_TRUE(arguments.has_value()) << answer.calls[0].arguments;
  const json::Node root(*arguments);
  const auto city = root.require("city");
  const auto days = root.require("days");
  ASSERT_TRUE(city.has_value() && days.has_value()) << answer.calls[0].arguments;
  EXPECT_THAT(city->text().value_or("no text"), AnyOf("Rome", "Oslo"));
  EXPECT_EQ(days->integer(1, 9).value_or(1) % 3, 0) << answer.calls[0].arguments;
}

// llama.cpp cannot convert the reference, nor the pattern, and takes the two names for one.
TEST_P(Family, ASchemaThatOnlyHearthKnowsIsKeptAsWell) {
  chat::Request request = with_tools(Choice::kNamed, "get.weather");
  request.tools = {{"get_weather", "tells the weather", ""},
                   {"get.weather", "tells more", R"({"type":"object","properties":{
    "place":{"$ref":"#place"},"size":{"type":"string","pattern":"^(S|M)?L$"}},
    "required":["place","size"],"$defs":{"p":{"$anchor":"place","enum":["Rome","Oslo"]}}})"}};
  const Answer answer = ask(request);
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  ASSERT_THAT(answer.calls, SizeIs(1)) << answer.text;
  EXPECT_EQ(answer.calls[0].name, "get.weather");
  const auto arguments = json::parse(answer.calls[0].arguments);
  ASSERT_TRUE(arguments.has_value()) << answer.calls[0].arguments;
  const json::Node root(*arguments);
  const auto place = root.require("place");
  const auto size = root.require("size");
  ASSERT_TRUE(place.has_value() && size.has_value()) << answer.calls[0].arguments;
  EXPECT_THAT(place->text().value_or("no text"), AnyOf("Rome", "Oslo"));
  EXPECT_THAT(size->text().value_or("no text"), AnyOf("L", "SL", "ML"));
}

TEST_P(Family, AStopEndsNoCall) {
  chat::Request request = with_tools(Choice::kNamed, "get_weather");
  request.stop = {"}", "\n", "\"", "{", "<", ">", "["};
  const Answer answer = ask(request);
  expect_called(answer);
  ASSERT_THAT(answer.calls, SizeIs(1)) << answer.text;
  EXPECT_EQ(answer.calls[0].name, "get_weather");
  EXPECT_TRUE(json::parse(answer.calls[0].arguments)) << answer.calls[0].arguments;
}

TEST_P(Family, WithoutACallTheAnswerIsTextAndNothingIsLost) {
  chat::Request request = with_tools(Choice::kAuto);
  request.max_tokens = 40;
  const Answer answer = ask(request);
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  EXPECT_FALSE((answer.text + answer.thinking).empty());
  EXPECT_EQ(answer.usage.completion_tokens, 40U);
}

TEST_F(RunnerTest, AToolThatCannotBeHeldToItsSchemaIsToldOrRefused) {
  load("tiny-llama-f16", {.chat_template = template_of("Qwen-Qwen2.5-7B-Instruct")});
  chat::Request request = with_tools(Choice::kAuto);
  request.max_tokens = 4;
  request.tools[1].parameters = R"({"type":"object","properties":{"n":{"not":{"const":4}}}})";
  for (int i = 0; i < 2; ++i) {  // made, and found again
    const Answer free = ask(request);
    ASSERT_FALSE(free.failed.has_value()) << free.failed->message;
    ASSERT_THAT(free.warnings, SizeIs(1));
    EXPECT_THAT(free.warnings[0], AllOf(HasSubstr("the tool 'stop_all': schema at "
                                                  "/properties/n/not: not is not supported"),
                                        HasSubstr("only to the names and types")));
  }
  request.tool_choice.kind = Choice::kRequired;
  const Answer required = ask(request);
  ASSERT_TRUE(required.failed.has_value());
  EXPECT_EQ(required.failed->code, Code::kInvalidArgument);
  EXPECT_THAT(required.failed->message, HasSubstr("not is not supported"));
}

constexpr std::uint64_t kSeedsMax = 100;

// With one seed or another the model's choice falls on a document, and on calls.
TEST_P(Family, BesideAFormatACallIsTheModelsChoice) {
  bool documents = false;
  bool called = false;
  chat::Request request = with_tools(Choice::kAuto);
  request.constraint = {chat::Constraint::Kind::kSchema, kAdvice};
  request.thinking.tokens_max = 5;
  for (std::uint64_t seed = 0; seed < kSeedsMax && !(documents && called); ++seed) {
    request.sampling.seed = seed;
    const Answer answer = ask(request);
    ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
    if (!answer.calls.empty()) {
      called = true;
      expect_called(answer);
      EXPECT_THAT(answer.calls[0].name, AnyOf("get_weather", "stop_all"));
      EXPECT_EQ(answer.text, "");
    } else {
      documents = true;
      EXPECT_THAT(answer.warnings, IsEmpty());
      EXPECT_EQ(answer.finished, Reason::kStop);
      EXPECT_THAT(answer.text, AnyOf(R"(["umbrella"])", R"(["hat"])"));
    }
  }
  EXPECT_TRUE(documents);
  EXPECT_TRUE(called);
}

std::string without_signs(const ::testing::TestParamInfo<const char*>& family) {
  std::string name = family.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(
    Templates, Family,
    ::testing::Values("Qwen-Qwen2.5-7B-Instruct", "Qwen-Qwen3-0.6B", "Qwen3-Coder",
                      "meta-llama-Llama-3.1-8B-Instruct", "meta-llama-Llama-3.2-3B-Instruct",
                      "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
                      "mistralai-Mistral-Nemo-Instruct-2407", "openai-gpt-oss-120b",
                      "ibm-granite-granite-4.0", "GLM-4.6", "Kimi-K2-Instruct",
                      "google-gemma-4-31B-it", "deepseek-ai-DeepSeek-V3.2", "Qwen-QwQ-32B",
                      "GLM-4.7-Flash", "poolside-Laguna-XS.2", "LFM2-8B-A1B", "MiniMax-M3",
                      "Kimi-K3", "meetkai-functionary-medium-v3.2"),
    without_signs);

// Families that mark text as text: a document stands where their text does.
class Framed : public Family {};

TEST_P(Framed, ADocumentStandsWhereTheFamilyWritesText) {
  chat::Request request = make_request("What shall I take along?", 200);
  request.sampling.temperature = 1;
  request.thinking.tokens_max = 5;
  request.constraint = {chat::Constraint::Kind::kSchema, kAdvice};
  for (request.sampling.seed = 0; *request.sampling.seed < 3; ++*request.sampling.seed) {
    const Answer answer = ask(request);
    ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
    EXPECT_EQ(answer.finished, Reason::kStop);
    EXPECT_THAT(answer.warnings, IsEmpty());
    EXPECT_THAT(answer.text, AnyOf(R"(["umbrella"])", R"(["hat"])"));
  }
}

INSTANTIATE_TEST_SUITE_P(Templates, Framed,
                         ::testing::Values("openai-gpt-oss-120b", "Cohere2MoE", "Kimi-K3",
                                           "meetkai-functionary-medium-v3.2", "muse-glimmer",
                                           "upstage-Solar-Open-100B"),
                         without_signs);

// It is whole and fits its schema, but what stands at its end is not the model's.
TEST_F(RunnerTest, ACallThatIsClosedEarlyIsNotToBeMade) {
  load("tiny-llama-f16", {.chat_template = template_of("Qwen-Qwen3-0.6B")});
  for (const Choice choice : {Choice::kRequired, Choice::kNamed}) {
    chat::Request request = with_tools(choice, choice == Choice::kNamed ? "say" : "");
    request.tools = {{"say", "says it", R"({"type":"object","required":["text"],
        "properties":{"text":{"type":"string"}}})"}};
    request.max_tokens = 100;
    const Answer answer = ask(request);
    ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
    EXPECT_EQ(answer.finished, Reason::kLength);
    ASSERT_THAT(answer.calls, SizeIs(1)) << answer.text;
    EXPECT_TRUE(json::parse(answer.calls[0].arguments).has_value()) << answer.calls[0].arguments;
    EXPECT_THAT(answer.warnings, ElementsAre(HasSubstr("closed early")));
    EXPECT_LE(answer.usage.completion_tokens, request.max_tokens);
  }
}

// Its rules let calls follow each other, whatever was asked for.
TEST_F(RunnerTest, NoOtherCallFollowsWhereOneIsWanted) {
  load("tiny-llama-f16", {.chat_template = template_of("meetkai-functionary-medium-v3.2")});
  const auto most_calls = [&](bool parallel) {
    std::size_t most = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
      chat::Request request = with_tools(Choice::kRequired);
      request.sampling.seed = seed;
      request.tools.erase(request.tools.begin());  // short calls: several have room
      request.parallel_tool_calls = parallel;
      const Answer answer = ask(request);
      EXPECT_FALSE(answer.failed.has_value()) << answer.failed->message;
      most = std::max(most, answer.calls.size());
    }
    return most;
  };
  EXPECT_GT(most_calls(true), 1U);
  EXPECT_EQ(most_calls(false), 1U);
}

// Of an answer that a reader looks at for calls: the model writes this sentence or one.
TEST_F(RunnerTest, AStopEndsTheTextBesideTools) {
  load("tiny-llama-f16", {.chat_template = template_of("Qwen-Qwen2.5-7B-Instruct")});
  const std::string sentence = "The weather is fine, so it is.";
  for (const char* stop : {"The w", "fi", " so it", "."}) {
    int sentences = 0;
    for (std::uint64_t seed = 1; seed <= 8; ++seed) {
      chat::Request request = with_tools(Choice::kAuto);
      request.constraint = {chat::Constraint::Kind::kGrammar, "root ::= \"" + sentence + "\""};
      request.sampling.seed = seed;
      request.logprobs = 0;
      request.stop = {"fine weather", stop};
      const Answer answer = ask(request);
      if (!answer.calls.empty()) continue;
      ++sentences;
      const std::string expected = sentence.substr(0, sentence.find(stop));
      EXPECT_EQ(answer.text, expected) << stop;
      EXPECT_EQ(answer.finished, Reason::kStop);
      EXPECT_EQ(answer.stop_sequence, stop);
      std::string told;
      for (const chat::TokenLogprob& logprob : answer.logprobs) {
        EXPECT_LT(told.size(), expected.size()) << stop;
        told += logprob.chosen.bytes;
      }
      EXPECT_THAT(told, ::testing::StartsWith(expected));
    }
    EXPECT_GT(sentences, 0) << stop;
  }
}

chat::Request with_call_begun(const std::string& arguments) {
  chat::Request request = with_tools(Choice::kAuto);
  request.messages.push_back(
      {.role = chat::Role::kAssistant,
       .content = "<tool_call>\n{\"name\" : \"get_weather\", \"arguments\":" + arguments});
  request.continue_last = true;
  return request;
}

void expect_held(const Answer& answer, const char* begun) {
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  expect_called(answer);
  ASSERT_THAT(answer.calls, SizeIs(1)) << begun;
  const auto arguments = json::parse(answer.calls[0].arguments);
  ASSERT_TRUE(arguments.has_value()) << answer.calls[0].arguments;
  const json::Node root(*arguments);
  EXPECT_EQ(root.require("days")->integer(1, 9).value_or(1) % 3, 0) << answer.calls[0].arguments;
}

TEST_F(RunnerTest, ACallThatWasBegunIsHeldWhereverItsBlanksStand) {
  load("tiny-llama-f16", {.chat_template = template_of("Qwen-Qwen2.5-7B-Instruct")});
  for (const char* begun : {"{\"city\": \"Rome\"", "\n {\n  \"city\" : \"Rome\" ,\n", " { "}) {
    const Answer answer = ask(with_call_begun(begun));
    expect_held(answer, begun);
  }
}

// A family that has no mark before its calls: the name of a tool is one.
TEST_F(RunnerTest, ACallThatNoMarkBeginsIsHeldAsWell) {
  load("tiny-llama-f16", {.chat_template = template_of("meta-llama-Llama-3.1-8B-Instruct")});
  for (const char* begun : {"{\"name\": \"get_weather\", \"parameters\": { \"city\" : \"Rome\"",
                            "{\"name\": \"get_weather\""}) {
    chat::Request request = with_tools(Choice::kAuto);
    request.messages.push_back({.role = chat::Role::kAssistant, .content = begun});
    request.continue_last = true;
    const Answer answer = ask(request);
    expect_held(answer, begun);
  }
}

// What the client began is not what the tool wants, whatever the model makes of it.
TEST_F(RunnerTest, ACallThatWasBegunAndFitsNoToolIsText) {
  load("tiny-llama-f16", {.chat_template = template_of("Qwen-Qwen2.5-7B-Instruct")});
  for (const char* begun : {"{\"days\": 3", "{\"city\": 4", "{\"town\": \"Rome\""}) {
    chat::Request request = with_call_begun(begun);
    request.max_tokens = 40;
    const Answer answer = ask(request);
    ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
    EXPECT_THAT(answer.calls, IsEmpty()) << begun;
    EXPECT_NE(answer.finished, Reason::kToolCalls);
    EXPECT_THAT(answer.warnings, ElementsAre(HasSubstr("what follows is text"))) << begun;
    EXPECT_FALSE(answer.text.empty()) << begun;
  }
}

class Thinker : public RunnerTest {
 protected:
  void SetUp() override {
    load("tiny-llama-f16", {.chat_template = template_of("Qwen-Qwen3-0.6B")});
  }
  // The model is made to think: nothing random begins with the mark by itself.
  chat::Request thoughtful() {
    chat::Request request = make_request("Why?", 60);
    request.sampling.temperature = 1;
    request.sampling.seed = 5;
    request.messages.push_back({.role = chat::Role::kAssistant, .content = "", .thinking = "Well"});
    request.continue_last = true;
    return request;
  }
};

TEST_F(Thinker, WhatIsKnownOfTheTemplateIsTold) {
  EXPECT_TRUE(loaded_.capabilities.thinking);
  EXPECT_TRUE(loaded_.capabilities.tools);
  EXPECT_TRUE(loaded_.capabilities.system);
}

TEST_F(Thinker, ThinkingHasItsLimitAndTheAnswerFollows) {
  chat::Request request = thoughtful();
  request.thinking.tokens_max = 10;
  const Answer answer = ask(request);
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  EXPECT_FALSE(answer.thinking.empty());
  EXPECT_FALSE(answer.text.empty());
  EXPECT_LE(answer.usage.thinking_tokens, 10U + 8U);  // and those of the mark
  EXPECT_THAT(answer.text, Not(HasSubstr("</think>")));
}

TEST_F(Thinker, AStopEndsTheAnswerAndNoThinking) {
  chat::Request request = thoughtful();
  request.sampling.temperature = 0;
  request.thinking.tokens_max = 10;
  request.constraint = {chat::Constraint::Kind::kGrammar, R"(root ::= "It is fine.")"};
  const Answer whole = ask(request);
  ASSERT_EQ(whole.text, "It is fine.");
  const auto thought = std::find_if(whole.thinking.begin(), whole.thinking.end(), [&](char byte) {
    return static_cast<signed char>(byte) > 0 && whole.text.find(byte) == std::string::npos;
  });
  ASSERT_NE(thought, whole.thinking.end()) << whole.thinking;
  request.stop = {std::string(1, *thought)};
  const Answer same = ask(request);
  EXPECT_THAT(same.thinking, HasSubstr(request.stop[0]));
  EXPECT_EQ(same.text, whole.text);
  request.stop = {"is f"};
  const Answer cut = ask(request);
  EXPECT_FALSE(cut.thinking.empty());
  EXPECT_EQ(cut.text, "It ");
  EXPECT_EQ(cut.finished, Reason::kStop);
}

TEST_F(Thinker, TheAnswerAfterThinkingIsHeldToItsSchema) {
  chat::Request request = thoughtful();
  request.thinking.tokens_max = 10;
  request.constraint = {chat::Constraint::Kind::kSchema, kWeather};
  const Answer answer = ask(request);
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  EXPECT_FALSE(answer.thinking.empty());
  EXPECT_EQ(answer.finished, Reason::kStop);
  EXPECT_TRUE(json::parse(answer.text).has_value()) << answer.text;
}

TEST_F(Thinker, ThinkingWithoutALimitLeavesRoomForWhatIsAsked) {
  chat::Request request = thoughtful();
  request.constraint = {chat::Constraint::Kind::kSchema, kWeather};
  const Answer answer = ask(request);
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  EXPECT_EQ(answer.finished, Reason::kStop);
  EXPECT_TRUE(json::parse(answer.text).has_value()) << answer.text;
}

TEST_F(Thinker, WhatIsSwitchedOffIsNotThought) {
  chat::Request request = make_request("Why?", 20);
  request.thinking.mode = chat::Thinking::Mode::kOff;
  const Answer answer = ask(request);
  EXPECT_THAT(answer.thinking, IsEmpty());
  EXPECT_EQ(answer.usage.thinking_tokens, 0U);
}

TEST_F(Thinker, AConversationWithToolsIsCountedAsItIsComputed) {
  chat::Request request = with_tools(Choice::kAuto);
  request.max_tokens = 1;
  runner_.send(++last_, wire::Tokenize{{.conversation = request}});
  const auto counted = runner_.expect<wire::TokensReply>(last_);
  ASSERT_TRUE(counted.has_value());
  EXPECT_EQ(counted->tokens.count, ask(request).usage.prompt_tokens);
}

TEST_F(Thinker, TheMiddleOfALongConversationGoesFirst) {
  chat::Request request = make_request("latest", 8);
  const std::string filler(600, 'x');
  request.messages = {{chat::Role::kUser, "first " + filler}, {chat::Role::kAssistant, "a"}};
  for (int i = 0; i < 12; ++i) {
    request.messages.push_back({chat::Role::kUser, "middle " + filler});
    request.messages.push_back({chat::Role::kAssistant, "b"});
  }
  request.messages.push_back({chat::Role::kUser, "latest"});
  EXPECT_EQ(ask(request).failed.value_or(Error{}).code, Code::kContextOverflow);
  request.history = chat::History::kMiddleOut;
  const Answer cut = ask(request);
  ASSERT_FALSE(cut.failed.has_value()) << cut.failed->message;
  EXPECT_GT(cut.started.dropped_messages, 0U);
  EXPECT_EQ(cut.started.dropped_messages % 2, 0U);  // a question goes with its answer
}

}  // namespace
}  // namespace hearth::testing
