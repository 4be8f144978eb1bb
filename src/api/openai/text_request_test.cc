#include "api/openai/text_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::api::openai {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string with(const std::string& fields) {
  return R"({"model":"m",)" + fields + "}";
}
std::string with_more(const std::string& fields) {
  return with(R"("prompt":"Once",)" + fields);
}
TextCall call_of(const std::string& body) {
  auto call = parse_text_call(body);
  if (!call) ADD_FAILURE() << call.error().message << ": " << body;
  return call ? std::move(*call) : TextCall{};
}
void expect_refused(const std::string& body, std::string_view field) {
  const auto call = parse_text_call(body);
  ASSERT_FALSE(call.has_value()) << "accepted: " << body;
  EXPECT_EQ(call.error().code, Code::kInvalidArgument) << body;
  EXPECT_EQ(call.error().context, field) << body << ": " << call.error().message;
}

TEST(TextRequest, APromptIsATextOrTokensOrManyOfOneKind) {
  EXPECT_EQ(call_of(with(R"("prompt":"Once")")).prompts.at(0).text, "Once");
  const TextCall texts = call_of(with(R"("prompt":["a","b"])"));
  ASSERT_THAT(texts.prompts, SizeIs(2));
  EXPECT_EQ(texts.prompts[1].text, "b");
  const TextCall tokens = call_of(with(R"("prompt":[1,2])"));
  ASSERT_THAT(tokens.prompts, SizeIs(1));
  EXPECT_THAT(tokens.prompts[0].tokens, ElementsAre(1, 2));
  EXPECT_THAT(call_of(with(R"("prompt":[[1],[2,3]])")).prompts.at(1).tokens, ElementsAre(2, 3));
  expect_refused(with(R"("prompt":[])"), "prompt");
  expect_refused(with(R"("prompt":[[]])"), "prompt[0]");
  expect_refused(with(R"("prompt":["a",1])"), "prompt[1]");
  expect_refused(with(R"("prompt":[1,"a"])"), "prompt[1]");
  expect_refused(with(R"("prompt":[-1])"), "prompt[0]");
  expect_refused(with(R"("prompt":{})"), "prompt");
  expect_refused(R"({"model":"m"})", "prompt");
  expect_refused(R"({"prompt":"x"})", "model");
}

TEST(TextRequest, AnswersAreShortUnlessSomebodySaysOtherwise) {
  EXPECT_EQ(call_of(with(R"("prompt":"x")")).chat.request.max_tokens, kTextTokensDefault);
  EXPECT_EQ(call_of(with_more(R"("max_tokens":99)")).chat.request.max_tokens, 99U);
  const auto blank = [](const std::string&) { return chat::Request{.max_tokens = 7}; };
  EXPECT_EQ(parse_text_call(with(R"("prompt":"x")"), blank)->chat.request.max_tokens, 7U);
  EXPECT_FALSE(call_of(with_more(R"("max_tokens":1)")).reads_only);
  EXPECT_TRUE(call_of(with_more(R"("max_tokens":0)")).reads_only);
  EXPECT_EQ(call_of(with_more(R"("max_tokens":0)")).chat.request.max_tokens, 1U);
  expect_refused(with_more(R"("max_tokens":-1)"), "max_tokens");
}

TEST(TextRequest, HowTokensAreChosenIsSaidAsInChats) {
  const TextCall call = call_of(with_more(
      R"("temperature":0,"seed":7,"stop":"\n","frequency_penalty":1,"logit_bias":{"5":-100},)"
      R"("stream":true,"stream_options":{"include_usage":true},"hearth":{"priority":2})"));
  EXPECT_EQ(call.chat.request.sampling.temperature, 0);
  EXPECT_EQ(call.chat.request.sampling.seed, 7U);
  EXPECT_THAT(call.chat.request.stop, ElementsAre("\n"));
  EXPECT_THAT(call.chat.request.sampling.logit_bias, SizeIs(1));
  EXPECT_TRUE(call.chat.stream);
  EXPECT_TRUE(call.chat.include_usage);
  EXPECT_EQ(call.chat.request.priority, 2);
}

TEST(TextRequest, LogprobsAreANumber) {
  EXPECT_EQ(call_of(with_more(R"("logprobs":0)")).chat.request.logprobs, 0U);
  EXPECT_EQ(call_of(with_more(R"("logprobs":5)")).chat.request.logprobs, 5U);
  EXPECT_EQ(call_of(with_more(R"("logprobs":null)")).chat.request.logprobs, std::nullopt);
  expect_refused(with_more(R"("logprobs":true)"), "logprobs");
  expect_refused(with_more(R"("logprobs":21)"), "logprobs");
}

TEST(TextRequest, TheBestAreOfAtLeastAsManyAndNotStreamed) {
  EXPECT_EQ(call_of(with_more(R"("n":2)")).candidates, 2U);
  EXPECT_EQ(call_of(with_more(R"("n":2,"best_of":4)")).candidates, 4U);
  EXPECT_EQ(call_of(with_more(R"("n":2,"best_of":2,"stream":true)")).candidates, 2U);
  expect_refused(with_more(R"("n":3,"best_of":2)"), "best_of");
  expect_refused(with_more(R"("best_of":2,"stream":true)"), "best_of");
  expect_refused(with_more(R"("n":9)"), "n");
}

TEST(TextRequest, AllAnswersTogetherAreBounded) {
  std::string prompts;
  for (std::size_t i = 0; i < kTextAnswersMax; ++i)
    prompts += i == 0 ? R"("x")" : R"(,"x")";
  EXPECT_THAT(call_of(with("\"prompt\":[" + prompts + "]")).prompts, SizeIs(kTextAnswersMax));
  expect_refused(with("\"n\":2,\"prompt\":[" + prompts + "]"), "prompt");
  expect_refused(with("\"prompt\":[" + prompts + ",\"x\"]"), "prompt");
}

TEST(TextRequest, AnEchoNeedsATextAndNoLogprobs) {
  EXPECT_TRUE(call_of(with_more(R"("echo":true)")).echo);
  EXPECT_FALSE(call_of(with_more(R"("echo":false,"logprobs":1)")).echo);
  expect_refused(with_more(R"("echo":true,"logprobs":1)"), "echo");
  expect_refused(with(R"("prompt":[1],"echo":true)"), "echo");
}

TEST(TextRequest, ASuffixIsWhatComesAfterTheGap) {
  EXPECT_EQ(call_of(with_more(R"("suffix":" end")")).chat.request.suffix, " end");
  EXPECT_EQ(call_of(with_more(R"("suffix":"")")).chat.request.suffix, std::nullopt);
  expect_refused(with(R"("prompt":[1],"suffix":"x")"), "suffix");
}

TEST(TextRequest, WhatHasNoEffectIsNamedAndWhatIsUnknownRefused) {
  EXPECT_THAT(call_of(with_more(R"("user":"u")")).chat.ignored, ElementsAre("user"));
  EXPECT_THAT(call_of(with_more(R"("seed":1)")).chat.ignored, IsEmpty());
  expect_refused(with_more(R"("messages":[])"), "messages");
  expect_refused(with_more(R"("stream_options":{"x":1})"), "stream_options.x");
}

}  // namespace
}  // namespace hearth::api::openai
