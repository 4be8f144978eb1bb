#include "agent/turn.h"

#include <functional>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/utf8.h"

namespace hearth::agent {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

using Calls = std::vector<chat::ToolCall>;

// Knows "echo" and "look", whose arguments are fine unless they say "bad".
std::vector<std::string> check(std::string_view name, std::string_view arguments) {
  if (name != "echo" && name != "look") return {"there is no tool '" + std::string(name) + "'"};
  if (arguments.find("bad") == std::string_view::npos) return {};
  return {"/text must be a string", "/path is missing"};
}

chat::ToolCall call(const std::string& name, const std::string& arguments = "{}") {
  return {"call_" + name, name, arguments};
}

// A model that says what a script says, and tools that say what they were asked.
struct Talk {
  using Script = std::function<Calls(std::size_t answer)>;

  // So many answers it took.
  std::size_t go(const Script& script, const Limits& limits) {
    Turn turn(limits, check);
    for (std::size_t answers = 1;; ++answers) {
      const Calls calls = script(answers);
      if (calls.empty() || !turn.may_call()) {
        note = turn.note();
        return answers;
      }
      chat::Message said{chat::Role::kAssistant, "let me see"};
      said.tool_calls = calls;
      turn.begin_round(said);
      while (const auto step = turn.next()) {
        if (!step->refusal) made.push_back(step->call);
        turn.done(step->refusal ? *step->refusal
                                : tool::Outcome{.output = output + step->call.arguments});
      }
      for (chat::Message& message : turn.end_round())
        messages.push_back(std::move(message));
    }
  }

  std::string output;
  Calls made;
  std::vector<chat::Message> messages;
  std::string note;
};

// Asks for something else each time, and never has enough.
Talk::Script restless() {
  return [](std::size_t answer) {
    return Calls{call("echo", "{\"n\":" + std::to_string(answer) + "}")};
  };
}

TEST(Turn, CallsAreMadeUntilTheModelAnswers) {
  Talk talk;
  const auto script = [](std::size_t answer) { return answer < 3 ? restless()(answer) : Calls{}; };
  EXPECT_EQ(talk.go(script, Limits()), 3U);
  ASSERT_THAT(talk.messages, SizeIs(4));
  EXPECT_EQ(talk.messages[0].role, chat::Role::kAssistant);
  EXPECT_EQ(talk.messages[0].content, "let me see");
  EXPECT_THAT(talk.messages[0].tool_calls, SizeIs(1));
  EXPECT_EQ(talk.messages[1].role, chat::Role::kTool);
  EXPECT_EQ(talk.messages[1].tool_call_id, "call_echo");
  EXPECT_EQ(talk.messages[1].tool_name, "echo");
  EXPECT_EQ(talk.messages[1].content, "{\"n\":1}");
  EXPECT_EQ(talk.note, "");
}

TEST(Turn, AModelThatNeverHasEnoughAnswersAfterItsRounds) {
  Talk talk;
  EXPECT_EQ(talk.go(restless(), Limits{.rounds = 4}), 5U);
  EXPECT_THAT(talk.made, SizeIs(4));
  EXPECT_THAT(talk.messages.back().content, HasSubstr("in 4 rounds. Answer with what is known.]"));
  EXPECT_THAT(talk.messages[1].content, Not(HasSubstr("No more tools")));
  EXPECT_THAT(talk.note, HasSubstr("in 4 rounds"));
}

TEST(Turn, AModelThatRunsInCirclesIsStopped) {
  Talk talk;
  const auto script = [](std::size_t answer) {
    return Calls{call("look", answer % 2 == 0 ? R"({"a":1,"b":[{"d":2,"c":3}]})"
                                              : R"({ "b":[{"c":3,"d":2}], "a":1 })")};
  };
  EXPECT_EQ(talk.go(script, Limits()), 4U);
  EXPECT_THAT(talk.made, SizeIs(2));
  EXPECT_THAT(talk.messages.back().content,
              HasSubstr("not made again, because look was called 3 times with the same arguments"));
  EXPECT_THAT(talk.note, HasSubstr("look was called 3 times"));
}

TEST(Turn, ABadCallIsToldWithAllItsProblemsAndCounts) {
  Talk talk;
  const auto script = [](std::size_t answer) {
    if (answer == 1) return Calls{call("nobody"), call("echo", "{\"bad\":1}"), call("echo")};
    return answer < 4 ? Calls{call("nobody")} : Calls{};
  };
  EXPECT_EQ(talk.go(script, Limits()), 4U);
  EXPECT_THAT(talk.made, ElementsAre(call("echo")));
  EXPECT_EQ(talk.messages[1].content, "refused: there is no tool 'nobody'");
  EXPECT_EQ(talk.messages[2].content, "refused: /text must be a string\n/path is missing");
  EXPECT_EQ(talk.messages[3].content, "{}");
  EXPECT_THAT(talk.note, HasSubstr("nobody was called 3 times"));
}

TEST(Turn, OfOneAnswerOnlySoManyCallsAreMade) {
  Talk talk;
  const auto script = [](std::size_t answer) {
    Calls calls;
    for (int i = 0; answer == 1 && i < 5; ++i)
      calls.push_back(call("echo", std::to_string(i)));
    return calls;
  };
  EXPECT_EQ(talk.go(script, Limits{.calls = 3}), 2U);
  EXPECT_THAT(talk.made, SizeIs(3));
  EXPECT_THAT(talk.messages[5].content, HasSubstr("only 3 calls are made at a time"));
  EXPECT_EQ(talk.note, "");
}

TEST(Turn, WhatToolsSayIsBoundedWithItsHeadAndTail) {
  Talk talk;
  const std::string wide = "ü";
  for (int i = 0; i < 3'000; ++i)
    talk.output += wide;
  talk.output = "HEAD" + talk.output;
  const auto script = [](std::size_t answer) {
    return Calls{call("echo", "{\"n\":" + std::to_string(answer) + "}"), call("look", "TAIL")};
  };
  EXPECT_EQ(talk.go(script, Limits{.output_bytes = 4'000}), 2U);
  EXPECT_THAT(talk.made, SizeIs(1)) << "there was no room for what the second might say";
  const std::string& said = talk.messages[1].content;
  EXPECT_THAT(said, StartsWith("HEADü"));
  EXPECT_THAT(said, HasSubstr("bytes are left out here"));
  EXPECT_THAT(said, HasSubstr("{\"n\":1}"));
  EXPECT_LT(said.size(), 4'100U);
  EXPECT_TRUE(base::is_utf8(said));
  EXPECT_THAT(talk.messages[2].content, HasSubstr("fills the 4000 bytes"));
  EXPECT_THAT(talk.note, HasSubstr("fills the 4000 bytes"));
}

TEST(Turn, ARefusalIsNeverCutToNothing) {
  Turn turn(Limits{.output_bytes = 10}, check);
  chat::Message said;
  said.tool_calls = {call("echo"), call("nobody")};
  turn.begin_round(said);
  while (const auto step = turn.next())
    turn.done(step->refusal ? *step->refusal : tool::Outcome{.output = "0123456789"});
  EXPECT_THAT(turn.end_round()[2].content, HasSubstr("refused: it was not made"));
}

// Whatever a model calls: it ends, every call has its one result, and all of them have their
// bounds.
RC_GTEST_PROP(Turn, EndsWithAResultForEachCall, ()) {
  const Limits limits{.rounds = *rc::gen::inRange(1U, 6U),
                      .calls = *rc::gen::inRange(1U, 4U),
                      .repeats = *rc::gen::inRange(1U, 4U),
                      .output_bytes = *rc::gen::inRange<std::size_t>(0, 5'000)};
  const auto some_call = rc::gen::map(
      rc::gen::pair(rc::gen::elementOf(std::vector<std::string>{"echo", "look", "nobody"}),
                    rc::gen::elementOf(std::vector<std::string>{"{}", "{\"n\":1}", "bad", "{"})),
      [](const auto& one) { return call(one.first, one.second); });
  Talk talk;
  talk.output = std::string(*rc::gen::inRange<std::size_t>(0, 3'000), 'x');
  const auto script = [&](std::size_t) {
    return *rc::gen::resize(5, rc::gen::nonEmpty(rc::gen::container<Calls>(some_call)));
  };
  const std::size_t answers = talk.go(script, limits);
  RC_ASSERT(answers <= limits.rounds + 1);
  std::size_t results = 0;
  std::size_t calls = 0;
  std::size_t bytes = 0;
  for (const chat::Message& message : talk.messages) {
    calls += message.tool_calls.size();
    if (message.role != chat::Role::kTool) continue;
    ++results;
    bytes += message.content.size();
  }
  RC_ASSERT(calls == results);
  RC_ASSERT(talk.made.size() <= (answers - 1) * limits.calls);
  // A result keeps so much whatever came before it; the line about what is left out is beside.
  RC_ASSERT(bytes <= limits.output_bytes + results * (kWordsBytesMax + 100) + 200);
  RC_ASSERT(!talk.note.empty());
}

TEST(CallKey, IsTheSameForWhatMeansTheSame) {
  const auto key = [](const char* arguments) { return call_key(call("echo", arguments)); };
  EXPECT_EQ(key(R"({"a":1,"b":2})"), key(R"({ "b": 2, "a": 1 })"));
  EXPECT_NE(key(R"({"a":[1,2]})"), key(R"({"a":[2,1]})"));
  EXPECT_NE(key(R"({"a":"1"})"), key(R"({"a":1})"));
  EXPECT_NE(call_key(call("echo")), call_key(call("look")));
  EXPECT_EQ(key("no json"), key("no json"));
}

TEST(ResultText, SaysHowItFailedBeforeWhatItPutOut) {
  EXPECT_EQ(result_text({}), "(no output)");
  EXPECT_EQ(result_text({.output = "38"}), "38");
  EXPECT_EQ(result_text({.status = tool::Status::kFailed, .output = "oh", .error = "exit code 1"}),
            "failed: exit code 1\noh");
  EXPECT_EQ(result_text({.status = tool::Status::kTimedOut, .error = "after 60 s"}),
            "timed_out: after 60 s");
}

}  // namespace
}  // namespace hearth::agent
