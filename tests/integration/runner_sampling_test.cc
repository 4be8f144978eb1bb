// How the real hearth-runner chooses tokens, what it tells about them, and what it does with a
// prompt that is too long.
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "runner_fixture.h"

namespace hearth::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint32_t kLength = 60;

// Nothing of a prompt is kept for the next one: what is computed in another company of tokens may
// differ in the last bit, and these tests compare answers exactly.
const wire::Load kForgetful{.prefix_memory_bytes = 0};

chat::Request make_greedy(std::uint32_t max_tokens = kLength) {
  chat::Request request = make_request("hello", max_tokens);
  request.sampling.temperature = 0;
  return request;
}

chat::Request make_lively(std::uint32_t max_tokens = kLength) {
  chat::Request request = make_request("hello hello hello", max_tokens);
  request.sampling.temperature = 1.5F;
  request.sampling.seed = 7;
  return request;
}

// The ids in the order of the answer.
std::vector<std::int32_t> chosen(const Answer& answer) {
  std::vector<std::int32_t> ids;
  for (const chat::TokenLogprob& one : answer.logprobs)
    ids.push_back(one.chosen.token);
  return ids;
}

std::string joined(const Answer& answer) {
  std::string bytes;
  for (const chat::TokenLogprob& one : answer.logprobs)
    bytes += one.chosen.bytes;
  return bytes;
}

TEST_F(RunnerTest, LogprobsAreOfEveryTokenAndTheGreedyOneIsTheLikeliest) {
  load("tiny-llama-f16", kForgetful);
  chat::Request request = make_greedy();
  request.logprobs = 3;
  const Answer answer = ask(request);
  ASSERT_EQ(answer.logprobs.size(), kLength);
  for (const chat::TokenLogprob& one : answer.logprobs) {
    ASSERT_EQ(one.alternatives.size(), 3U);
    EXPECT_EQ(one.alternatives[0], one.chosen);
    EXPECT_LE(one.chosen.logprob, 0);
    EXPECT_GE(one.alternatives[0].logprob, one.alternatives[1].logprob);
    EXPECT_GE(one.alternatives[1].logprob, one.alternatives[2].logprob);
  }
  request.logprobs.reset();
  const Answer silent = ask(request);
  EXPECT_TRUE(silent.logprobs.empty());
  EXPECT_EQ(silent.text, answer.text);
}

TEST_F(RunnerTest, LogprobsAreOfTheModelAndNotOfTheSampler) {
  load("tiny-llama-f16", kForgetful);
  chat::Request request = make_greedy(1);
  request.logprobs = 1;
  const chat::TokenChance likeliest = ask(request).logprobs.at(0).chosen;
  request.sampling.logit_bias = {{likeliest.token, -100}};
  const chat::TokenLogprob other = ask(request).logprobs.at(0);
  EXPECT_NE(other.chosen.token, likeliest.token);
  // The second time less of the prompt is computed at once, which rounds otherwise.
  EXPECT_EQ(other.alternatives.at(0).token, likeliest.token);
  EXPECT_NEAR(other.alternatives.at(0).logprob, likeliest.logprob, 1e-3);
}

TEST_F(RunnerTest, LogprobsOfAStopSequenceAreNotTold) {
  load("tiny-llama-f16", kForgetful);
  chat::Request request = make_greedy();
  request.logprobs = 0;
  const Answer whole = ask(request);
  // The bytes of one token of plain text in the middle of the answer.
  std::string stop;
  for (const chat::TokenLogprob& one : whole.logprobs) {
    const std::string& bytes = one.chosen.bytes;
    const bool plain =
        std::all_of(bytes.begin(), bytes.end(), [](char c) { return c > ' ' && c <= '~'; });
    if (plain && whole.text.find(bytes) > kLength / 4) stop = bytes;
  }
  ASSERT_FALSE(stop.empty());
  request.stop = {stop};
  const Answer cut = ask(request);
  EXPECT_EQ(cut.finished, Reason::kStop);
  const std::string before = joined(whole).substr(0, joined(whole).find(stop));
  EXPECT_EQ(joined(cut).substr(0, before.size()), before);
  EXPECT_LT(cut.logprobs.size(), whole.logprobs.size());
  EXPECT_THAT(joined(cut), ::testing::Not(HasSubstr(stop)));
}

TEST_F(RunnerTest, ABiasForcesATokenOrForbidsIt) {
  load("tiny-llama-f16", kForgetful);
  chat::Request request = make_lively();
  request.logprobs = 0;
  const std::int32_t token = chosen(ask(request)).at(3);
  request.sampling.logit_bias = {{token, 100}};
  EXPECT_THAT(chosen(ask(request)), ::testing::Each(token));
  request.sampling.logit_bias = {{token, -100}};
  EXPECT_THAT(chosen(ask(request)), ::testing::Not(::testing::Contains(token)));
}

TEST_F(RunnerTest, ABiasOfATokenThatIsNotThereIsRefused) {
  load("tiny-llama-f16", kForgetful);
  chat::Request request = make_lively();
  request.sampling.logit_bias = {{static_cast<std::int32_t>(loaded_.vocabulary), 1}};
  const Answer answer = ask(request);
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kInvalidArgument);
  EXPECT_THAT(answer.failed->message, HasSubstr("logit_bias"));
}

TEST_F(RunnerTest, EveryWayOfSamplingChangesTheTextAndItsSeedRepeatsIt) {
  load("tiny-llama-f16", kForgetful);
  using S = chat::Sampling;
  const std::pair<const char*, void (*)(S&)> ways[] = {
      {"mirostat 1", [](S& s) { s.mirostat = chat::Mirostat::kV1; }},
      {"mirostat 2", [](S& s) { s.mirostat = chat::Mirostat::kV2, s.mirostat_tau = 2; }},
      {"xtc", [](S& s) { s.xtc_probability = 1, s.xtc_threshold = 0.001F; }},
      {"typical", [](S& s) { s.typical_p = 0.3F; }},
      {"dry", [](S& s) { s.dry_multiplier = 50, s.dry_base = 4, s.dry_allowed_length = 1; }},
      {"repeat", [](S& s) { s.repeat_penalty = 3, s.repeat_last_n = chat::kWholeContext; }},
      {"frequency", [](S& s) { s.frequency_penalty = 2; }},
      {"presence", [](S& s) { s.presence_penalty = 2; }},
  };
  const std::string plain = ask(make_lively()).text;
  for (const auto& [name, change] : ways) {
    chat::Request request = make_lively(200);
    change(request.sampling);
    const Answer first = ask(request);
    ASSERT_FALSE(first.failed.has_value()) << name << ": " << first.failed->message;
    EXPECT_EQ(ask(request).text, first.text) << name;
    EXPECT_NE(first.text.substr(0, plain.size()), plain) << name;
  }
}

TEST_F(RunnerTest, ATooLongRawPromptLosesItsOldestTokensWhenAllowed) {
  load("tiny-llama-f16", {.context = 64, .prefix_memory_bytes = 0});
  std::string prompt;
  for (int i = 0; i < 100; ++i)
    prompt += "word ";
  chat::Request request = make_request("", 1000);
  request.messages.clear();
  request.raw_prompt = prompt;
  request.overflow = chat::Overflow::kTruncate;
  const Answer answer = ask(request);
  ASSERT_FALSE(answer.failed.has_value()) << answer.failed->message;
  EXPECT_EQ(answer.started.prompt_tokens, 48U);  // a quarter stays for the answer
  EXPECT_GT(answer.started.dropped_tokens, 50U);
  EXPECT_EQ(answer.usage.completion_tokens, 16U);
  // Only what was kept matters.
  request.raw_prompt = "other " + prompt;
  EXPECT_EQ(ask(request).text, answer.text);
}

TEST_F(RunnerTest, ATooLongConversationLosesItsOldestTurnsWhenAllowed) {
  load("tiny-llama-f16", {.context = 256, .prefix_memory_bytes = 0});
  const std::string filler(150, 'x');
  chat::Request request;
  request.max_tokens = 8;
  request.sampling.temperature = 0;
  request.messages = {{chat::Role::kSystem, "be brief"}, {chat::Role::kUser, "one " + filler},
                      {chat::Role::kAssistant, filler},  {chat::Role::kUser, "two " + filler},
                      {chat::Role::kAssistant, filler},  {chat::Role::kUser, "three"}};
  EXPECT_EQ(ask(request).failed.value_or(Error{}).code, Code::kContextOverflow);
  request.overflow = chat::Overflow::kTruncate;
  const Answer cut = ask(request);
  ASSERT_FALSE(cut.failed.has_value()) << cut.failed->message;
  EXPECT_GT(cut.started.dropped_tokens, 0U);
  EXPECT_LE(cut.started.prompt_tokens, 256U - 8U);

  // What was answered is the conversation without its oldest turns.
  chat::Request rest = request;
  rest.messages.erase(rest.messages.begin() + 1, rest.messages.begin() + 3);
  Answer same = ask(rest);
  if (same.started.dropped_tokens > 0) {
    rest.messages.erase(rest.messages.begin() + 1, rest.messages.begin() + 3);
    same = ask(rest);
  }
  EXPECT_EQ(same.started.dropped_tokens, 0U);
  EXPECT_EQ(same.started.prompt_tokens, cut.started.prompt_tokens);
  EXPECT_EQ(same.text, cut.text);
}

TEST_F(RunnerTest, AQuestionThatIsTooLongAloneIsAnErrorAlsoWhenCut) {
  load("tiny-llama-f16", {.context = 64, .prefix_memory_bytes = 0});
  chat::Request request;
  request.messages = {{chat::Role::kUser, std::string(4000, 'x')}};
  request.overflow = chat::Overflow::kTruncate;
  EXPECT_EQ(ask(request).failed.value_or(Error{}).code, Code::kContextOverflow);
}

TEST_F(RunnerTest, WhatAnAnswerMustBeginWithIsPenalisedLikeWhatWasChosen) {
  load("tiny-llama-f16", kForgetful);
  runner_.send(++last_, wire::Tokenize{{.text = "q"}});
  const auto tokens = runner_.expect<wire::TokensReply>(last_)->tokens.ids;
  ASSERT_FALSE(tokens.empty());
  chat::Request request = make_greedy();
  request.messages.clear();
  request.raw_prompt = "hello";
  request.constraint = {chat::Constraint::Kind::kGrammar, R"(root ::= "q-" [qz])"};
  request.sampling.logit_bias = {{tokens.back(), 50}};
  EXPECT_EQ(ask(request).text, "q-q");
  request.sampling.frequency_penalty = 100;
  EXPECT_EQ(ask(request).text, "q-z");
}

TEST_F(RunnerTest, APromptOfTokensIsTakenAsItIs) {
  load("tiny-llama-f16", kForgetful);
  chat::Request request = make_greedy();
  request.messages.clear();
  request.raw_prompt = "hello there";
  const Answer of_text = ask(request);
  runner_.send(++last_, wire::Tokenize{{.text = "hello there", .add_special = true}});
  request.raw_tokens = runner_.expect<wire::TokensReply>(last_)->tokens.ids;
  request.raw_prompt = "";
  const Answer of_tokens = ask(request);
  EXPECT_EQ(of_tokens.text, of_text.text);
  EXPECT_EQ(of_tokens.usage.prompt_tokens, of_text.usage.prompt_tokens);
  request.raw_tokens.push_back(1 << 30);
  const Answer refused = ask(request);
  ASSERT_TRUE(refused.failed.has_value());
  EXPECT_EQ(refused.failed->code, Code::kInvalidArgument);
  EXPECT_THAT(refused.failed->message, ::testing::HasSubstr("1073741824"));
}

}  // namespace
}  // namespace hearth::testing
