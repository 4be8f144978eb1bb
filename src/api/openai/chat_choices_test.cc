// Logprobs, several choices and what else an answer tells beside its text.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/testing/face.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using api::testing::failing;
using api::testing::kChat;
using api::testing::Step;
using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::Usage;
using net::testing::RawClient;
using net::testing::RawReply;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

std::string ask_with(const std::string& fields) {
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],)" + fields + "}";
}

std::vector<Step> likely_greeting() {
  return {{Started{7, 5, 40}},
          {TextDelta{"H", 1, {{{1, "H", -0.5F}, {{1, "H", -0.5F}, {2, "\xC3", -INFINITY}}}}}},
          {TextDelta{"i", 1, {{{3, "i", -0.25F}, {}}}}},
          {Usage{5, 3, 2, 1, 2, 3}},
          {Finished{}}};
}

TEST(ChatCompletions, TellLogprobsWhole) {
  Face face;
  face.provider.set_script(likely_greeting());
  const RawReply reply = face.send("POST", kChat, ask_with(R"("logprobs":true,"top_logprobs":2)"));
  EXPECT_EQ(face.provider.last_request().logprobs, 2U);
  EXPECT_THAT(
      reply.body,
      HasSubstr(
          R"("logprobs":{"content":[{"token":"H","logprob":-0.5,"bytes":[72],"top_logprobs":[)"
          R"({"token":"H","logprob":-0.5,"bytes":[72]},)"
          "{\"token\":\"\xEF\xBF\xBD\",\"logprob\":-9999,\"bytes\":[195]}]},"
          R"({"token":"i","logprob":-0.25,"bytes":[105],"top_logprobs":[]}],"refusal":null},)"
          R"("finish_reason":"stop")"));
}

TEST(ChatCompletions, TellLogprobsWithTheirTextInAStream) {
  Face face;
  face.provider.set_script(likely_greeting());
  const RawReply reply = face.send("POST", kChat, ask_with(R"("logprobs":true,"stream":true)"));
  EXPECT_THAT(reply.body,
              HasSubstr(R"("delta":{"content":"i"},"logprobs":{"content":[{"token":"i",)"
                        R"("logprob":-0.25,"bytes":[105],"top_logprobs":[]}],"refusal":null},)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("delta":{},"logprobs":null,"finish_reason":"stop")"));
}

TEST(ChatCompletions, TellHowMuchOfThePromptWasDropped) {
  Face face;
  face.provider.set_script(likely_greeting());
  const std::string wish = R"("hearth":{"overflow":"truncate"})";
  const std::string told = R"("hearth":{"seed":7,"dropped_tokens":40,)";
  EXPECT_THAT(face.send("POST", kChat, ask_with(wish)).body, HasSubstr(told));
  EXPECT_EQ(face.provider.last_request().overflow, chat::Overflow::kTruncate);
  EXPECT_THAT(face.send("POST", kChat, ask_with(wish + R"(,"stream":true)")).body, HasSubstr(told));
}

std::vector<Step> choice_of(std::uint64_t seed, const std::string& text) {
  return {{Started{seed, 5}}, {TextDelta{text, 1}}, {Usage{5, 0, 2, 1, 2, 3}}, {Finished{}}};
}

TEST(ChatCompletions, GiveSeveralChoicesSeedsOfTheirOwn) {
  Face face;
  face.provider.set_scripts({choice_of(7, "a"), choice_of(8, "b"), choice_of(9, "c")});
  const RawReply reply = face.send("POST", kChat, ask_with(R"("n":3,"seed":7)"));
  for (const char* choice :
       {R"({"index":0,"message":{"role":"assistant","content":"a",)",
        R"({"index":1,"message":{"role":"assistant","content":"b",)",
        R"({"index":2,"message":{"role":"assistant","content":"c",)",
        R"("usage":{"prompt_tokens":5,"completion_tokens":6,"total_tokens":11,)",
        R"("hearth":{"seed":7,)"}) {
    EXPECT_THAT(reply.body, HasSubstr(choice));
  }
  const auto requests = face.provider.requests();
  ASSERT_EQ(requests.size(), 3U);
  for (std::uint64_t i = 0; i < 3; ++i)
    EXPECT_EQ(requests[i].sampling.seed, 7 + i);
  EXPECT_EQ(requests[2].messages, requests[0].messages);
  EXPECT_THAT(face.metrics(), HasSubstr("hearth_prompt_tokens_total 5\n"));
}

TEST(ChatCompletions, DrawASeedForSeveralChoicesWhenNoneIsGiven) {
  Face face;
  face.provider.set_script(choice_of(7, "a"));
  face.send("POST", kChat, ask_with(R"("n":2)"));
  const auto requests = face.provider.requests();
  ASSERT_EQ(requests.size(), 2U);
  ASSERT_TRUE(requests[0].sampling.seed.has_value());
  EXPECT_EQ(requests[1].sampling.seed, *requests[0].sampling.seed + 1);
}

TEST(ChatCompletions, StreamSeveralChoicesSideBySide) {
  Face face;
  std::vector<Step> slow = choice_of(7, "slow");
  slow[1].delay = milliseconds(100);
  face.provider.set_scripts({slow, choice_of(8, "fast")});
  const RawReply reply = face.send(
      "POST", kChat,
      ask_with(R"("n":2,"seed":7,"stream":true,"stream_options":{"include_usage":true})"));
  const std::string& body = reply.body;
  const auto place = [&](std::string_view text) { return body.find(text); };
  const std::size_t roles = place(R"({"index":1,"delta":{"role")");
  const std::size_t fast = place(R"({"index":1,"delta":{"content":"fast"})");
  const std::size_t fast_end =
      place(R"({"index":1,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null})");
  const std::size_t slow_text = place(R"({"index":0,"delta":{"content":"slow"})");
  const std::size_t slow_end = place(
      R"({"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}],"usage":null,"hearth":{)");
  const std::size_t usage = place(R"("usage":{"prompt_tokens":5,"completion_tokens":4,)");
  const std::vector<std::size_t> places = {roles, fast, fast_end, slow_text, slow_end, usage};
  EXPECT_TRUE(std::is_sorted(places.begin(), places.end())) << body;
  EXPECT_NE(usage, std::string::npos) << body;
  EXPECT_TRUE(body.ends_with("data: [DONE]\n\n"));
}

TEST(ChatCompletions, OneChoiceThatFailsEndsTheWholeAnswer) {
  Face face;
  const std::vector<Step> for_ever = {{TextDelta{"Hel", 1}}};
  std::vector<Step> late = failing(Code::kEngineCrashed);
  late.front().delay = milliseconds(50);
  for (const std::string& more : {std::string(), std::string(R"(,"stream":true)")}) {
    face.provider.set_scripts({for_ever, late, for_ever});
    const RawReply reply = face.send("POST", kChat, ask_with(R"("n":3)" + more));
    EXPECT_EQ(reply.status, more.empty() ? 500 : 200);
    EXPECT_THAT(reply.body, HasSubstr(R"("code":"engine_crashed")"));
    EXPECT_THAT(reply.body, Not(HasSubstr("[DONE]")));
    EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 0; }));
  }
}

TEST(ChatCompletions, AClientThatLeavesEndsEveryChoice) {
  Face face;
  face.provider.set_script({{TextDelta{"Hel", 1}}});  // and then nothing, for ever
  RawClient client(face.port);
  client.request("POST", kChat, ask_with(R"("n":4)"));
  ASSERT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 4; }));
  client.close();
  EXPECT_TRUE(face.becomes_true([&] { return face.provider.streams_alive() == 0; }));
}

}  // namespace
}  // namespace hearth::api::openai
