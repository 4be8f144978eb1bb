// POST /v1/completions, seen over HTTP.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "api/openai/text_body.h"
#include "api/testing/face.h"

namespace hearth::api::openai {
namespace {

using api::testing::Face;
using api::testing::failing;
using api::testing::Step;
using chat::Finished;
using chat::Started;
using chat::TextDelta;
using chat::Usage;
using net::testing::RawReply;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kText = "/v1/completions";

std::string ask_with(const std::string& fields) {
  return R"({"model":"m",)" + fields + "}";
}
std::vector<Step> saying(const std::string& text, float logprob = -1) {
  return {{Started{7, 5, 40}},
          {TextDelta{text, 1, {{{1, text, logprob}, {{1, text, logprob}, {2, "\xC3", -9}}}}}},
          {Usage{5, 3, 2, 1, 2, 3}},
          {Finished{}}};
}

TEST(TextCompletions, AnswerAPromptAsOpenAiDoes) {
  Face face;
  face.provider.set_script(saying(" upon"));
  const RawReply reply = face.send("POST", kText, ask_with(R"("prompt":"Once","user":"u")"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"({"id":"cmpl-)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("object":"text_completion","created":)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("choices":[{"text":" upon","index":0,"logprobs":null,)"
                                    R"("finish_reason":"stop"}],"usage":{"prompt_tokens":5,)"
                                    R"("completion_tokens":2,"total_tokens":7,)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("hearth":{"seed":7)"));
  const chat::Request asked = face.provider.last_request();
  EXPECT_EQ(asked.raw_prompt, "Once");
  EXPECT_TRUE(asked.messages.empty());
  EXPECT_EQ(reply.headers.at("x-hearth-ignored"), "user");
}

TEST(TextCompletions, AnswerEachOfManyPrompts) {
  Face face;
  face.provider.set_scripts({saying("1"), saying("2"), saying("3"), saying("4")});
  const RawReply reply =
      face.send("POST", kText, ask_with(R"("prompt":["a","b"],"n":2,"seed":10,"echo":true)"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"text":"a1","index":0)"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"text":"a2","index":1)"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"text":"b3","index":2)"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"text":"b4","index":3)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("prompt_tokens":10,"completion_tokens":8,)"))
      << "each prompt counts once";
  EXPECT_THAT(reply.body, HasSubstr(R"("cached_tokens":6)"));
  const auto asked = face.provider.requests();
  ASSERT_THAT(asked, SizeIs(4));
  EXPECT_EQ(asked[1].sampling.seed, 11U);
  EXPECT_EQ(asked[2].sampling.seed, 10U);
  EXPECT_EQ(asked[2].raw_prompt, "b");
}

TEST(TextCompletions, TakeTokensAndSuffixes) {
  Face face;
  face.provider.set_script(saying("x"));
  face.send("POST", kText, ask_with(R"("prompt":[3,4])"));
  EXPECT_EQ(face.provider.last_request().raw_tokens, (std::vector<std::int32_t>{3, 4}));
  EXPECT_EQ(face.provider.last_request().raw_prompt, "");
  face.send("POST", kText, ask_with(R"("prompt":"f {","suffix":"}")"));
  EXPECT_EQ(face.provider.last_request().suffix, "}");
  EXPECT_TRUE(face.provider.last_request().raw_tokens.empty());
}

TEST(TextCompletions, TellLogprobsInListsBesideEachOther) {
  Face face;
  auto script = saying("h\xC3\xA9", -0.5F);
  script.insert(script.begin() + 2, {TextDelta{"y", 1, {{{3, "y", -0.25F}, {}}}}});
  face.provider.set_script(script);
  const RawReply reply = face.send("POST", kText, ask_with(R"("prompt":"x","logprobs":2)"));
  EXPECT_EQ(face.provider.last_request().logprobs, 2U);
  EXPECT_THAT(reply.body, HasSubstr("\"logprobs\":{\"tokens\":[\"h\xC3\xA9\",\"y\"],"
                                    "\"token_logprobs\":[-0.5,-0.25],\"top_logprobs\":["
                                    "{\"h\xC3\xA9\":-0.5,\"bytes:\\\\xc3\":-9},{\"y\":-0.25}],"
                                    "\"text_offset\":[0,2]}"));
}

TEST(TextCompletions, TellTheLikeliestOfMany) {
  Face face;
  face.provider.set_scripts({saying("poor", -3), saying("good", -0.5F), saying("fair", -1)});
  const RawReply reply = face.send("POST", kText, ask_with(R"("prompt":"x","best_of":3,"n":2)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("choices":[{"text":"good","index":0,"logprobs":null,)"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"text":"fair","index":1)"));
  EXPECT_THAT(reply.body, Not(HasSubstr("poor")));
  EXPECT_THAT(reply.body, HasSubstr(R"("completion_tokens":6)")) << "all were made";
}

TEST(TextCompletions, StreamInChunks) {
  Face face;
  face.provider.set_script(saying(" upon"));
  const RawReply reply = face.send("POST", kText,
                                   ask_with(R"("prompt":"Once","stream":true,"echo":true,)"
                                            R"("stream_options":{"include_usage":true})"));
  const auto chunk = [](const std::string& text, const std::string& reason) {
    return R"("choices":[{"text":")" + text + R"(","index":0,"logprobs":null,"finish_reason":)" +
           reason + R"(}],"usage":null)";
  };
  const auto echo = reply.body.find(chunk("Once", "null"));
  const auto text = reply.body.find(chunk(" upon", "null"));
  const auto end = reply.body.find(chunk("", "\"stop\"") + R"(,"hearth":{)");
  const auto usage = reply.body.find(R"("choices":[],"usage":{"prompt_tokens":5,)");
  ASSERT_NE(usage, std::string::npos) << reply.body;
  EXPECT_LT(echo, text);
  EXPECT_LT(text, end);
  EXPECT_LT(end, usage);
  EXPECT_TRUE(reply.body.ends_with("}\n\ndata: [DONE]\n\n"));
}

TEST(TextCompletions, TellLogprobsWithTheirTextInAStream) {
  Face face;
  auto script = saying("ab", -0.5F);
  script.insert(script.begin() + 2, {TextDelta{"y", 1, {{{3, "y", -0.25F}, {}}}}});
  face.provider.set_script(script);
  const RawReply reply =
      face.send("POST", kText, ask_with(R"("prompt":"x","logprobs":0,"stream":true)"));
  EXPECT_THAT(reply.body, HasSubstr(R"("logprobs":{"tokens":["y"],"token_logprobs":[-0.25],)"
                                    R"("top_logprobs":null,"text_offset":[2]})"));
}

TEST(TextCompletions, OfNoTokensTellThePromptAlone) {
  Face face;
  face.provider.set_script(saying(" upon", -0.5F));
  const std::string none = R"("prompt":"Once","max_tokens":0,)";
  RawReply reply = face.send("POST", kText, ask_with(none + R"("echo":true)"));
  EXPECT_EQ(reply.status, 200);
  EXPECT_THAT(reply.body, HasSubstr(R"("choices":[{"text":"Once","index":0,"logprobs":null,)"
                                    R"("finish_reason":"length"}])"));
  EXPECT_THAT(reply.body, HasSubstr(R"("completion_tokens":0)"));
  reply = face.send("POST", kText, ask_with(none + R"("logprobs":1,"n":2)"));
  EXPECT_THAT(reply.body, HasSubstr(R"({"text":"","index":1,"logprobs":{"tokens":[],)"));
  EXPECT_THAT(reply.body, Not(HasSubstr("upon")));
  reply = face.send("POST", kText,
                    ask_with(none + R"("stream":true,"stream_options":{"include_usage":true})"));
  EXPECT_THAT(reply.body, Not(HasSubstr("upon")));
  EXPECT_THAT(reply.body, HasSubstr(R"("finish_reason":"length")"));
  EXPECT_THAT(reply.body, HasSubstr(R"("completion_tokens":0)"));
}

TEST(TextCompletions, AnswerInOpenAisErrors) {
  Face face;
  const RawReply refused = face.send("POST", kText, ask_with(R"("prompt":"x","echo":1)"));
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr(R"("param":"echo")"));
  face.provider.set_script({{chat::Failed{make_error(Code::kNotFound, "no model")}}});
  const RawReply unknown = face.send("POST", kText, ask_with(R"("prompt":"x")"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_THAT(unknown.body, HasSubstr(R"("param":"model","code":"model_not_found")"));
  face.provider.set_script(failing(Code::kContextOverflow));
  const RawReply large = face.send("POST", kText, ask_with(R"("prompt":"x")"));
  EXPECT_EQ(large.status, 400);
  EXPECT_THAT(large.body, HasSubstr(R"("param":"prompt","code":"context_length_exceeded")"));
}

TEST(TokenText, ShowsTheBytesOfAPartOfACharacter) {
  EXPECT_EQ(token_text("h"), "h");
  EXPECT_EQ(token_text("\xE2\x80"), "bytes:\\xe2\\x80");
}

}  // namespace
}  // namespace hearth::api::openai
