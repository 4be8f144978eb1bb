#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/ollama/request_fields.h"
#include "api/testing/face.h"

namespace hearth::api::ollama {
namespace {

using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::ThinkingDelta;
using chat::ToolCallDelta;
using chat::Usage;
using net::testing::RawClient;
using net::testing::RawReply;
using ::testing::AllOf;
using testing::Face;
using testing::failing;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
using testing::Step;

constexpr const char* kGenerate = "/api/generate";
constexpr const char* kChat = "/api/chat";
const std::string kAsk = R"({"model":"m","messages":[{"role":"user","content":"hi"}])";

std::vector<Step> greeting() {
  return {{Started{7, 5}},      {ThinkingDelta{"Hm.", 1}}, {TextDelta{"Hel\"", 1}},
          {TextDelta{"lo", 1}}, {Usage{5, 3, 2, 1, 2, 3}}, {Finished{Finished::Reason::kStop}}};
}

// What follows each mark, up to a quote, a comma or a brace, becomes `stand_in`.
void replace_after(std::string& text, std::string_view mark, std::string_view stand_in) {
  for (std::size_t at = text.find(mark); at != std::string::npos; at = text.find(mark, at)) {
    at += mark.size();
    text.replace(at, text.find_first_of("\",}", at) - at, stand_in);
  }
}

// Times differ from run to run.
std::string normalised(std::string text) {
  replace_after(text, R"("created_at":")", "T");
  replace_after(text, R"("total_duration":)", "1");
  replace_after(text, R"("load_duration":)", "1");
  return text;
}

const std::string kHead = R"({"model":"m","created_at":"T",)";
const std::string kTimes =
    R"("total_duration":1,"load_duration":1,"prompt_eval_count":5,"prompt_eval_duration":2000000,)"
    R"("eval_count":2,"eval_duration":3000000,)"
    R"("hearth":{"seed":7,"queue_ms":1,"prefill_ms":2,"decode_ms":3})";

TEST(OllamaChat, AnswersInLines) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply reply = face.send("POST", kChat, kAsk + "}");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_EQ(reply.headers.at("content-type"), "application/x-ndjson");
  EXPECT_EQ(normalised(reply.body),
            kHead +
                R"("message":{"role":"assistant","content":"","thinking":"Hm."},"done":false})" +
                "\n" + kHead + R"("message":{"role":"assistant","content":"Hel\""},"done":false})" +
                "\n" + kHead + R"("message":{"role":"assistant","content":"lo"},"done":false})" +
                "\n" + kHead + R"("message":{"role":"assistant","content":""},"done":true,)" +
                R"("done_reason":"stop",)" + kTimes + "}\n");
}

TEST(OllamaChat, AnswersWhole) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply reply = face.send("POST", kChat, kAsk + R"(,"stream":false})");
  EXPECT_EQ(reply.headers.at("content-type"), "application/json");
  EXPECT_EQ(normalised(reply.body),
            kHead +
                R"("message":{"role":"assistant","content":"Hel\"lo","thinking":"Hm."},)"
                R"("done":true,"done_reason":"stop",)" +
                kTimes + "}");
}

TEST(OllamaChat, OfAModelThatCannotThinkAloudNobodyWishesIt) {
  Face face;
  face.provider.set_models(
      {{.name = "m", .capabilities = chat::Capabilities{}},
       {.name = "thinks", .capabilities = chat::Capabilities{.thinking = true}},
       {.name = "unknown"}});
  const auto status = [&](const std::string& model, const std::string& think) {
    face.provider.set_script(greeting());
    return face
        .send("POST", kChat,
              R"({"model":")" + model +
                  R"(","messages":[{"role":"user","content":"hi"}],"think":)" + think + "}")
        .status;
  };
  EXPECT_EQ(status("m", "true"), 400);
  EXPECT_EQ(status("m:latest", "\"high\""), 400);
  EXPECT_EQ(status("m", "false"), 200);
  EXPECT_EQ(status("thinks", "true"), 200);
  EXPECT_EQ(status("unknown", "true"), 200) << "nobody knows before it is loaded";
  EXPECT_EQ(face.send("POST", kChat, kAsk + R"(,"think":true})").body,
            R"({"error":"\"m\" does not support thinking"})");
}

TEST(OllamaGenerate, AnswersWholeWithWhatTheNextRequestGivesBack) {
  Face face;
  face.provider.set_script(greeting());
  const std::string body = R"({"model":"m","prompt":"hi","system":"s","stream":false)";
  std::string first = face.send("POST", kGenerate, body + "}").body;
  EXPECT_THAT(first, AllOf(HasSubstr(R"("response":"Hel\"lo","thinking":"Hm.","done":true)"),
                           HasSubstr(R"("context":[)")));
  const std::size_t from = first.find(R"("context":)");
  const std::string context = first.substr(from, first.find(']', from) + 1 - from);
  face.send("POST", kGenerate, R"({"model":"m","prompt":"more",)" + context + "}");
  using chat::Role;
  EXPECT_EQ(face.provider.last_request().messages,
            (std::vector<chat::Message>{{Role::kSystem, "s"},
                                        {Role::kUser, "hi"},
                                        {Role::kAssistant, "Hel\"lo"},
                                        {Role::kUser, "more"}}));
}

TEST(OllamaGenerate, AnswersInLines) {
  Face face;
  face.provider.set_script({{Started{7, 5}},
                            {TextDelta{"a", 1}},
                            {Usage{5, 3, 2, 1, 2, 3}},
                            {Finished{Finished::Reason::kLength}}});
  const RawReply reply = face.send("POST", kGenerate, R"({"model":"m","prompt":"p","raw":true})");
  EXPECT_EQ(normalised(reply.body), kHead + R"("response":"a","done":false})" + "\n" + kHead +
                                        R"("response":"","done":true,"done_reason":"length",)" +
                                        kTimes + "}\n");
}

TEST(OllamaChat, CallsAreSaidWhole) {
  const std::vector<Step> calls{{Started{7, 5}},
                                {ToolCallDelta{0, "call_1", "f", R"({"a":)"}},
                                {ToolCallDelta{0, "", "", "1}"}},
                                {ToolCallDelta{1, "call_2", "g", ""}},
                                {Usage{5, 3, 2, 1, 2, 3}},
                                {Finished{Finished::Reason::kToolCalls}}};
  const std::string said =
      R"("message":{"role":"assistant","content":"","tool_calls":[)"
      R"({"id":"call_1","function":{"index":0,"name":"f","arguments":{"a":1}}},)"
      R"({"id":"call_2","function":{"index":1,"name":"g","arguments":{}}}]})";
  Face face;
  face.provider.set_script(calls);
  EXPECT_THAT(normalised(face.send("POST", kChat, kAsk + "}").body),
              AllOf(StartsWith(kHead + said + R"(,"done":false})" + "\n"),
                    HasSubstr(R"("done_reason":"stop")")));
  EXPECT_THAT(normalised(face.send("POST", kChat, kAsk + R"(,"stream":false})").body),
              StartsWith(kHead + said + R"(,"done":true)"));
}

TEST(OllamaChat, TellsHowLikelyTokensWere) {
  Face face;
  TextDelta delta{"a", 1};
  delta.logprobs = {{{5, "a", -0.5F}, {{6, "b", -1.5F}}}};
  face.provider.set_script({{Started{}}, {delta}, {Usage{}}, {Finished{}}});
  const std::string logprobs = R"("logprobs":[{"token":"a","logprob":-0.5,"bytes":[97],)"
                               R"("top_logprobs":[{"token":"b","logprob":-1.5,"bytes":[98]}]}])";
  const std::string wish = R"(,"logprobs":true,"top_logprobs":1)";
  EXPECT_THAT(face.send("POST", kChat, kAsk + wish + "}").body, HasSubstr(logprobs));
  EXPECT_THAT(face.send("POST", kChat, kAsk + wish + R"(,"stream":false})").body,
              HasSubstr(logprobs));
  EXPECT_THAT(face.send("POST", kChat, kAsk + "}").body, Not(HasSubstr("logprobs")));
}

TEST(OllamaChat, AnErrorHasAStatusOrIsTheLastLine) {
  Face face;
  face.provider.set_script(failing(Code::kNotFound));
  RawReply reply = face.send("POST", kChat, kAsk + "}");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, R"({"error":"model 'm' not found: it went wrong"})");
  face.provider.set_script(failing(Code::kResourceExhausted));
  reply = face.send("POST", kChat, kAsk + "}");
  EXPECT_EQ(reply.status, 429);
  EXPECT_EQ(reply.headers.at("retry-after"), "1");
  face.provider.set_script({{Started{}},
                            {TextDelta{"a", 1}},
                            {chat::Failed{make_error(Code::kEngineCrashed, "it crashed")}}});
  reply = face.send("POST", kChat, kAsk + "}");
  EXPECT_EQ(reply.status, 200);
  EXPECT_TRUE(reply.complete);
  EXPECT_TRUE(reply.body.ends_with("\n{\"error\":\"it crashed\"}\n")) << reply.body;
}

TEST(OllamaChat, SaysWhatIsWrongWithARequest) {
  Face face;
  const RawReply reply = face.send("POST", kChat, R"({"model":"m","messages":5})");
  EXPECT_EQ(reply.status, 400);
  EXPECT_THAT(reply.body, StartsWith(R"({"error":"messages must be)"));
  EXPECT_EQ(face.send("POST", kChat).body, R"({"error":"missing request body"})");
  EXPECT_EQ(face.send("POST", kChat, kAsk + "}", "Origin: http://evil.example\r\n").status, 403);
}

TEST(OllamaChat, NamesWhatHasNoEffect) {
  Face face;
  face.provider.set_script(greeting());
  const RawReply reply = face.send("POST", kChat, kAsk + R"(,"options":{"num_ctx":9,"tfs_z":1}})");
  EXPECT_EQ(reply.headers.at("x-hearth-ignored"), "options.num_ctx, options.tfs_z");
}

TEST(OllamaChat, WhileNothingIsSaidALineSaysSo) {
  Face face(std::chrono::milliseconds(20));
  face.provider.set_script(
      {{Started{}}, {TextDelta{"a", 1}, std::chrono::milliseconds(200)}, {Usage{}}, {Finished{}}});
  const RawReply reply = face.send("POST", kChat, kAsk + "}");
  EXPECT_THAT(normalised(reply.body),
              StartsWith(kHead + R"("message":{"role":"assistant","content":""},"done":false})"));
  EXPECT_THAT(reply.body, HasSubstr(R"("content":"a")"));
}

TEST(OllamaChat, AClientThatLeavesEndsTheWork) {
  Face face;
  face.provider.set_script({{Started{}}, {TextDelta{"a", 1}}});
  {
    RawClient client(face.port);
    client.request("POST", kChat, kAsk + "}");
    ASSERT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 1; }));
  }
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 0; }));
}

TEST(OllamaLoading, ModelsAreLoadedAndLetGo) {
  Face face;
  const std::string loaded = R"("done":true,"done_reason":"load"})";
  EXPECT_EQ(normalised(face.send("POST", kGenerate, R"({"model":"m","keep_alive":"1h"})").body),
            kHead + R"("response":"",)" + loaded);
  EXPECT_EQ(face.load_wish.keep_alive, std::chrono::hours(1));
  EXPECT_EQ(face.load_wish.pause, fleet::Pause::kKept) << "it is no more than a question";
  EXPECT_EQ(normalised(face.send("POST", kChat, R"({"model":"m","messages":[]})").body),
            kHead + R"("message":{"role":"assistant","content":""},)" + loaded);
  EXPECT_EQ(normalised(face.send("POST", kGenerate, R"({"model":"m","keep_alive":0})").body),
            kHead + R"("response":"","done":true,"done_reason":"unload"})");
  EXPECT_EQ(face.send("POST", kGenerate, R"({"model":"x"})").status, 404);
}

TEST(OllamaLoading, WhatIsNotLoadedNeedNotGo) {
  Face face;
  EXPECT_EQ(face.send("POST", kGenerate, R"({"model":"idle","keep_alive":0})").status, 200);
  face.inquiries.sheet = fail(Code::kNotFound, "no such model");
  const RawReply reply = face.send("POST", kGenerate, R"({"model":"idle","keep_alive":0})");
  EXPECT_EQ(reply.status, 404);
  EXPECT_EQ(reply.body, R"({"error":"model 'idle' not found: no such model"})");
}

TEST(OllamaChat, TagsLeadToWhatIsHere) {
  Face face;
  face.provider.set_models({{"ember", 1, 1}});
  face.provider.set_script(greeting());
  const RawReply reply =
      face.send("POST", kGenerate, R"({"model":"ember:latest","prompt":"a","stream":false})");
  EXPECT_EQ(face.provider.last_request().model, "ember");
  EXPECT_THAT(reply.body, StartsWith(R"({"model":"ember:latest",)"));
}

}  // namespace
}  // namespace hearth::api::ollama
