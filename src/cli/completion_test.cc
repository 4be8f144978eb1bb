#include "cli/completion.h"

#include <gtest/gtest.h>

namespace hearth::cli {
namespace {

TEST(CompletionBody, HoldsWhatWasAskedForAndNothingElse) {
  CompletionRequest request{"m", {{chat::Role::kSystem, "be kind"}, {chat::Role::kUser, "a\"b"}}};
  EXPECT_EQ(completion_body(request),
            R"({"model":"m","messages":[{"role":"system","content":"be kind"},)"
            R"({"role":"user","content":"a\"b"}],"stream":true,)"
            R"("stream_options":{"include_usage":true}})");
  request.messages.clear();
  request.temperature = 0.5;
  request.max_tokens = 7;
  request.seed = 18446744073709551615U;
  EXPECT_EQ(completion_body(request),
            R"({"model":"m","messages":[],"temperature":0.5,"max_tokens":7,)"
            R"("seed":18446744073709551615,"stream":true,)"
            R"("stream_options":{"include_usage":true}})");
}

TEST(CompletionBody, HoldsEveryWishAboutTheAnswer) {
  CompletionRequest request{"m", {}};
  request.top_p = 0.5;
  request.min_p = 0.25;
  request.top_k = 3;
  request.repeat_penalty = 1.5;
  request.stop = {"a", "\n"};
  request.overflow = "truncate";
  request.keep_alive = "5m";
  EXPECT_EQ(completion_body(request),
            R"({"model":"m","messages":[],"top_p":0.5,"min_p":0.25,"top_k":3,)"
            R"("repeat_penalty":1.5,"stop":["a","\n"],)"
            R"("hearth":{"overflow":"truncate","keep_alive":"5m"},)"
            R"("stream":true,"stream_options":{"include_usage":true}})");
}

TEST(CompletionBody, HoldsWhatTheAnswerIsMadeOf) {
  using Kind = chat::Constraint::Kind;
  const std::string head = R"({"model":"m","messages":[],)";
  const std::string tail = R"("stream":true,"stream_options":{"include_usage":true}})";
  const auto body_with = [](chat::Constraint constraint) {
    CompletionRequest request{"m", {}};
    request.constraint = std::move(constraint);
    return completion_body(request);
  };
  EXPECT_EQ(body_with({Kind::kGrammar, "root ::= \"a\"\n"}),
            head + R"("grammar":"root ::= \"a\"\n",)" + tail);
  EXPECT_EQ(body_with({Kind::kAnyObject}),
            head + R"("response_format":{"type":"json_object"},)" + tail);
  EXPECT_EQ(body_with({Kind::kSchema, R"({ "b": 1, "a": 2 })"}),
            head + R"("response_format":{"type":"json_schema","json_schema":{"name":"answer",)" +
                R"("strict":true,"schema":{ "b": 1, "a": 2 }}},)" + tail);

  CompletionRequest request{"m", {{chat::Role::kAssistant, "a"}}};
  request.messages[0].thinking = "hm";
  request.tools = R"([{"type":"function"}])";
  request.thinking = false;
  request.thinking_tokens_max = 7;
  request.overflow = "shift";
  EXPECT_EQ(completion_body(request),
            R"({"model":"m","messages":[{"role":"assistant","content":"a",)"
            R"("reasoning_content":"hm"}],"tools":[{"type":"function"}],)"
            R"("thinking_budget_tokens":7,"hearth":{"overflow":"shift","thinking":false},)" +
                tail);
}

TEST(CompletionEvent, YieldsThoughtsAndCalls) {
  const auto thought =
      parse_completion_event(R"({"choices":[{"delta":{"reasoning_content":"hm"}}]})");
  ASSERT_TRUE(thought);
  EXPECT_EQ(thought->thinking, "hm");
  EXPECT_EQ(thought->text, "");
  const auto calls = parse_completion_event(
      R"({"choices":[{"delta":{"tool_calls":[{"index":0,"id":"call_a","type":"function",)"
      R"("function":{"name":"f","arguments":""}},{"index":1,"function":{"arguments":"{"}}]}}]})");
  ASSERT_TRUE(calls);
  EXPECT_EQ(calls->calls,
            (std::vector<chat::ToolCallDelta>{{0, "call_a", "f", ""}, {1, "", "", "{"}}));
}

TEST(CompletionEvent, TellsWarningsAndWhatOfTheHistoryWasDropped) {
  const auto piece =
      parse_completion_event(R"({"choices":[{"delta":{},"finish_reason":"tool_calls"}],)"
                             R"("hearth":{"dropped_messages":2,"warnings":["odd","strange"]}})");
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->finish_reason, "tool_calls");
  EXPECT_EQ(piece->dropped_messages, 2);
  EXPECT_EQ(piece->warnings, (std::vector<std::string>{"odd", "strange"}));
  const auto usage = parse_completion_event(
      R"({"choices":[],"usage":{"completion_tokens_details":{"reasoning_tokens":3}}})");
  ASSERT_TRUE(usage);
  EXPECT_EQ(usage->counts.value().thinking, 3);
}

TEST(CompletionEvent, TellsWhatWasDropped) {
  const auto piece = parse_completion_event(
      R"({"choices":[{"delta":{},"finish_reason":"stop"}],"hearth":{"dropped_tokens":40}})");
  ASSERT_TRUE(piece);
  EXPECT_EQ(piece->dropped_tokens, 40);
}

TEST(CompletionEvent, YieldsTextReasonAndCounts) {
  const auto text = parse_completion_event(
      R"({"choices":[{"index":0,"delta":{"role":"assistant","content":"hi"},)"
      R"("finish_reason":null}]})");
  ASSERT_TRUE(text) << text.error().message;
  EXPECT_EQ(text->text, "hi");
  EXPECT_EQ(text->finish_reason, "");
  const auto end = parse_completion_event(R"({"choices":[{"delta":{},"finish_reason":"length"}]})");
  ASSERT_TRUE(end);
  EXPECT_EQ(end->finish_reason, "length");
  const auto usage =
      parse_completion_event(R"({"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":2,)"
                             R"("prompt_tokens_details":{"cached_tokens":3}}})");
  ASSERT_TRUE(usage);
  ASSERT_TRUE(usage->counts);
  EXPECT_EQ(usage->counts->prompt, 5);
  EXPECT_EQ(usage->counts->cached, 3);
  EXPECT_EQ(usage->counts->completion, 2);
  EXPECT_TRUE(parse_completion_event("[DONE]")->done);
}

TEST(CompletionEvent, AnErrorInTheStreamIsThatError) {
  const auto piece =
      parse_completion_event(R"({"error":{"message":"it died","code":"engine_crashed"}})");
  ASSERT_FALSE(piece);
  EXPECT_EQ(piece.error().code, Code::kEngineCrashed);
  EXPECT_EQ(piece.error().message, "it died");
}

TEST(CompletionEvent, WhatIsNoEventIsAnError) {
  for (const char* data : {"", "x", "[]", "1", R"({"choices":3})", R"({"choices":[1]})",
                           R"({"choices":[{"delta":{"tool_calls":3}}]})",
                           R"({"choices":[{"delta":{"tool_calls":[3]}}]})",
                           R"({"choices":[{"delta":{"tool_calls":[{"index":-1}]}}]})",
                           R"({"hearth":{"warnings":[3]}})"}) {
    EXPECT_FALSE(parse_completion_event(data)) << data;
  }
}

TEST(ReplyError, PrefersTheBodyAndFallsBackToTheStatus) {
  const Error told = reply_error(404, R"({"error":{"message":"no model 'x'","code":"not_found"}})");
  EXPECT_EQ(told.code, Code::kNotFound);
  EXPECT_EQ(told.message, "no model 'x'");
  EXPECT_EQ(reply_error(404, R"({"error":{"message":"m","code":"made_up"}})").code,
            Code::kNotFound);
  EXPECT_EQ(reply_error(503, "<html>").code, Code::kUnavailable);
  EXPECT_EQ(reply_error(500, "").message, "the daemon answered with HTTP status 500");
  EXPECT_EQ(reply_error(400, R"({"error":"plain"})").message, "plain");
}

}  // namespace
}  // namespace hearth::cli
