// What commands send about an answer, and what they print of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/cli_fixture.h"
#include "json/parse.h"

namespace hearth::cli {
namespace {

using cli::testing::Cli;
using cli::testing::FakeDaemon;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::Outcome;
using cli::testing::say_hello;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class CliAnswer : public Cli {};

void think_and_call(const FakeRequest&, const FakeReply& reply) {
  reply.start_events();
  reply.delta(R"({"reasoning_content":"hm, a tool"})");
  reply.delta(R"({"content":"Let me see."})");
  reply.delta(R"({"tool_calls":[{"index":0,"id":"call_a","type":"function",)"
              R"("function":{"name":"f","arguments":""}}]})");
  reply.delta(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"x\":\n1}"}}]})");
  reply.delta(R"({"tool_calls":[{"index":1,"id":"call_b","function":{"name":"g",)"
              R"("arguments":"{\"bro"}}]})");
  reply.event(R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}],)"
              R"("hearth":{"warnings":["a call could not be read"]}})");
  reply.event("[DONE]");
}

TEST_F(CliAnswer, RunPrintsTheCallsOfToolsAndKeepsThoughtsOutOfAPipe) {
  answer_with(think_and_call);
  const std::string tools = write("tools.json", R"([{"type":"function","function":{"name":"f"}}])");
  const Outcome outcome = run({"run", "m", "hi", "--tools", tools});
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_EQ(outcome.out,
            "Let me see.\n"
            R"({"id":"call_a","name":"f","arguments":{"x":1}})"
            "\n"
            R"({"id":"call_b","name":"g","arguments":"{\"bro"})"
            "\n");
  EXPECT_THAT(outcome.notices, HasSubstr("hearth: a call could not be read"));
  EXPECT_THAT(daemon_->requests()[0].body,
              HasSubstr(R"("tools":[{"type":"function","function":{"name":"f"}}])"));
}

TEST_F(CliAnswer, RunAsJsonHoldsThoughtsCallsAndWarnings) {
  answer_with(think_and_call);
  const Outcome outcome = run({"run", "m", "hi", "--json"});
  ASSERT_TRUE(json::parse(outcome.out)) << outcome.out;
  EXPECT_THAT(outcome.out,
              AllOf(HasSubstr(R"("text":"Let me see.","thinking":"hm, a tool","tool_calls":[)"
                              R"({"id":"call_a","name":"f","arguments":{"x":1}},)"),
                    HasSubstr(R"("warnings":["a call could not be read"])"),
                    HasSubstr(R"("finish_reason":"tool_calls")")));
}

TEST_F(CliAnswer, RunSendsWhatTheAnswerMustBe) {
  answer_with(say_hello);
  const std::string schema = write("schema.json", "{\"type\": \"object\"}\n");
  const std::string grammar = write("a.gbnf", "root ::= \"a\"\n");
  EXPECT_EQ(run({"run", "m", "x", "--schema", schema}).code, 0);
  EXPECT_EQ(run({"run", "m", "x", "--grammar", grammar}).code, 0);
  EXPECT_EQ(run({"run", "m", "x", "--json-object", "--think", "off", "--think-tokens", "5"}).code,
            0);
  const auto requests = daemon_->requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0].body, HasSubstr("\"schema\":{\"type\": \"object\"}\n}"));
  EXPECT_THAT(requests[1].body, HasSubstr(R"("grammar":"root ::= \"a\"\n")"));
  EXPECT_THAT(requests[2].body, AllOf(HasSubstr(R"("response_format":{"type":"json_object"})"),
                                      HasSubstr(R"("thinking_budget_tokens":5)"),
                                      HasSubstr(R"("hearth":{"thinking":false})")));
}

// After `tokens` tokens, at the end of what it may have.
FakeDaemon::Script cut_after(int tokens, const std::string& delta) {
  return [=](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.delta(delta);
    reply.event(R"({"choices":[{"delta":{},"finish_reason":"length"}],)"
                R"("usage":{"prompt_tokens":9,"completion_tokens":)" +
                std::to_string(tokens) + "}}");
    reply.event("[DONE]");
  };
}

TEST_F(CliAnswer, ADocumentThatIsCutIsPartialAndSaysSo) {
  answer_with(cut_after(1, R"({"content":"{\"a"})"));
  const std::string schema = write("schema.json", R"({"type":"object"})");
  const std::string grammar = write("a.gbnf", "root ::= \"{a}\"");
  const std::vector<std::vector<std::string>> forms = {
      {"--schema", schema}, {"--grammar", grammar}, {"--json-object"}, {"--json-object", "--json"}};
  for (std::vector<std::string> words : forms) {
    words.insert(words.begin(), {"run", "m", "x", "--max-tokens", "1"});
    const Outcome outcome = run(words);
    EXPECT_EQ(outcome.code, 3) << words.back();
    EXPECT_EQ(outcome.notices,
              "hearth: the answer was cut after 1 token, and what was asked for is not whole; "
              "allow more with --max-tokens\n");
    EXPECT_THAT(outcome.out, HasSubstr("a"));
  }
}

TEST_F(CliAnswer, ACallThatIsCutIsPartialToo) {
  answer_with(cut_after(4, R"({"tool_calls":[{"index":0,"id":"c","function":{"name":"f",)"
                           R"("arguments":"{\"bro"}}]})"));
  const std::string tools = write("tools.json", R"([{"type":"function","function":{"name":"f"}}])");
  EXPECT_EQ(run({"run", "m", "hi", "--tools", tools, "--max-tokens", "4"}).code, 3);
  const Outcome closed = run({"run", "m", "hi", "--tools", tools, "--max-tokens", "5"});
  EXPECT_EQ(closed.code, 3);
  EXPECT_THAT(closed.notices, AllOf(HasSubstr("allow more with --max-tokens"),
                                    Not(HasSubstr("the context is full"))));
}

TEST_F(CliAnswer, FreeTextThatIsCutIsDoneWithANoticeOfWhatCutIt) {
  answer_with(cut_after(2, R"({"content":"Once"})"));
  const Outcome limited = run({"run", "m", "x", "--max-tokens", "2"});
  EXPECT_EQ(limited.code, 0);
  EXPECT_EQ(limited.notices,
            "hearth: the answer was cut after 2 tokens; allow more with --max-tokens\n");
  const Outcome any = run({"run", "m", "x"});
  EXPECT_EQ(any.notices,
            "hearth: the answer was cut after 2 tokens; allow more with --max-tokens, or set a "
            "larger model.context\n")
      << "the model may have a limit of its own";
  const Outcome full = run({"run", "m", "x", "--max-tokens", "9"});
  EXPECT_EQ(full.code, 0);
  EXPECT_EQ(full.notices,
            "hearth: the answer was cut after 2 tokens, where the context is full; shorten the "
            "prompt, or set a larger model.context\n");
  const Outcome chat = run({"chat", "m"}, "hello\n");
  EXPECT_EQ(chat.code, 0);
  EXPECT_THAT(chat.notices, HasSubstr("cut at its length"));
}

TEST_F(CliAnswer, AWholeAnswerSaysNothingOfItsLength) {
  answer_with(say_hello);
  const Outcome outcome = run({"run", "m", "x", "--json-object", "--max-tokens", "2"});
  EXPECT_EQ(outcome.code, 0);
  EXPECT_EQ(outcome.notices, "");
}

TEST_F(CliAnswer, RunSaysWhatIsWrongWithAFileOfAnOption) {
  answer_with(say_hello);
  const std::string broken = write("broken.json", "{");
  const std::string list = write("list.json", "[]");
  const std::string object = write("object.json", "{}");
  const std::string binary = write("binary", "\xFF");
  const std::string empty = write("empty", "");
  const std::string large = write("large", std::string(1024 * 1024 + 1, ' '));
  const std::vector<std::vector<std::string>> wrong = {
      {"--schema", broken},  {"--schema", list},   {"--schema", "/nowhere"}, {"--schema", large},
      {"--grammar", binary}, {"--grammar", empty}, {"--tools", object},      {"--tools", broken},
  };
  for (const auto& option : wrong) {
    const Outcome outcome = run({"run", "m", "x", option[0], option[1]});
    EXPECT_EQ(outcome.code, 1) << option[0];
    EXPECT_THAT(outcome.notices, AllOf(HasSubstr(option[0] + ": "), HasSubstr(option[1])));
  }
  EXPECT_TRUE(daemon_->requests().empty());
  EXPECT_EQ(run({"run", "m", "x", "--schema", object, "--grammar", object}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--schema", object, "--json-object"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--think", "maybe"}).code, 2);
  EXPECT_EQ(run({"run", "m", "x", "--think-tokens", "-1"}).code, 2);
}

// Refuses a request for its field that is one of these.
void refuse_field(const FakeRequest& request, const FakeReply& reply) {
  std::string param = "tools[0].function.parameters";
  for (const std::string field : {"response_format", "grammar"}) {
    if (request.body.find("\"" + field + "\":") != std::string::npos) param = field;
  }
  if (request.body.find("too long") != std::string::npos) param = "messages";
  reply.json(400, R"({"error":{"message":"no","type":"invalid_request_error","param":")" + param +
                      R"(","code":"invalid_argument"}})");
}

TEST_F(CliAnswer, WhatTheDaemonFindsInAFileIsToldByOptionAndFile) {
  answer_with(refuse_field);
  const std::string object = write("object.json", "{}");
  const std::vector<std::pair<std::string, std::string>> options = {
      {"--schema", object},
      {"--grammar", write("a.gbnf", "root ::= x")},
      {"--tools", write("tools.json", "[{}]")}};
  for (const auto& [option, file] : options) {
    const Outcome outcome = run({"run", "m", "x", option, file});
    EXPECT_EQ(outcome.code, 1);
    EXPECT_EQ(outcome.notices, "hearth: " + option + " '" + file + "': no\n");
  }
  EXPECT_EQ(run({"run", "m", "too long", "--schema", object}).notices, "hearth: no\n");
}

TEST_F(CliAnswer, ChatTurnsThinkingOnAndOff) {
  answer_with([](const FakeRequest&, const FakeReply& reply) {
    reply.start_events();
    reply.delta(R"({"reasoning_content":"hm"})");
    reply.text("hello");
    reply.finish();
  });
  const Outcome outcome =
      run({"chat", "m", "--think", "on"}, "one\n/think off\ntwo\n/think maybe\n/think\nthree\n");
  EXPECT_EQ(outcome.code, 0) << outcome.notices;
  EXPECT_EQ(outcome.out, "hello\nhello\nhello\n");
  const auto requests = daemon_->requests();
  ASSERT_EQ(requests.size(), 3U);
  EXPECT_THAT(requests[0].body, HasSubstr(R"("hearth":{"thinking":true})"));
  EXPECT_THAT(requests[1].body, AllOf(HasSubstr(R"("hearth":{"thinking":false})"),
                                      HasSubstr(R"({"role":"assistant","content":"hello",)"
                                                R"("reasoning_content":"hm"})")));
  EXPECT_THAT(requests[2].body, Not(HasSubstr(R"("hearth")")));
}

TEST_F(CliAnswer, TokenizeShowsTokensOrTheirNumber) {
  answer_with([](const FakeRequest& request, const FakeReply& reply) {
    const bool count = request.body.find(R"("count_only":true)") != std::string::npos;
    reply.json(
        200, count ? R"({"model":"m","count":3})" : R"({"model":"m","count":3,"tokens":[5,7,11]})");
  });
  EXPECT_EQ(run({"tokenize", "m", "a", "b"}).out, "5 7 11\n");
  EXPECT_EQ(run({"tokenize", "m", "--count"}, "piped\n").out, "3\n");
  EXPECT_EQ(run({"tokenize", "m", "a", "--json"}).out,
            "{\"model\":\"m\",\"count\":3,\"tokens\":[5,7,11]}\n");
  EXPECT_EQ(run({"tokenize", "m", "a", "--json", "--count"}).out,
            "{\"model\":\"m\",\"count\":3}\n");
  const auto requests = daemon_->requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].line, "POST /hearth/v1/tokenize");
  EXPECT_EQ(requests[0].body, R"({"model":"m","text":"a b","count_only":false})");
  EXPECT_EQ(requests[1].body, R"({"model":"m","text":"piped\n","count_only":true})");
  EXPECT_EQ(run({"tokenize", "m"}, "\xFF").code, 1);
  EXPECT_EQ(run({"tokenize"}).code, 2);
}

}  // namespace
}  // namespace hearth::cli
