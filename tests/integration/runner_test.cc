// What the real hearth-runner computes on generated weights, asked over the wire as the daemon
// does.
#include <cmath>
#include <csignal>
#include <cstring>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/utf8.h"
#include "runner_fixture.h"

namespace hearth::testing {
namespace {

// Gives a text in a model file's metadata another value; says by how many bytes the file grew.
std::ptrdiff_t replace_text(std::string& file, std::string_view key, std::string_view value) {
  const std::size_t at = file.find(key) + key.size() + sizeof(std::uint32_t);  // past the type
  std::uint64_t before = 0;
  std::memcpy(&before, file.data() + at, sizeof before);
  const std::uint64_t after = value.size();
  std::memcpy(file.data() + at, &after, sizeof after);
  file.replace(at + sizeof after, before, value);
  return static_cast<std::ptrdiff_t>(after) - static_cast<std::ptrdiff_t>(before);
}

// A generated model whose vocabulary claims to be SentencePiece but has none of the byte tokens
// that such a tokenizer falls back on, so that llama.cpp throws at the first character.
void write_model_without_byte_tokens(const std::string& path) {
  std::ifstream source(model_path("tiny-llama-f16"), std::ios::binary);
  std::string file((std::istreambuf_iterator<char>(source)), {});
  // The tensors begin at a multiple of 32 bytes, so that is what the file must grow by.
  const std::ptrdiff_t grown =
      replace_text(file, "tokenizer.ggml.model", "llama") + replace_text(file, "general.name", "");
  const auto filler = static_cast<std::size_t>(((-grown % 32) + 32) % 32);
  replace_text(file, "general.name", std::string(filler, 'x'));
  std::ofstream(path, std::ios::binary) << file;
}

TEST_F(RunnerTest, StreamsAnAnswerOfTheAskedLength) {
  load("tiny-llama-f16");
  const Answer answer = ask(make_request("hello", 40));
  EXPECT_EQ(answer.finished, Reason::kLength);
  EXPECT_EQ(answer.usage.completion_tokens, 40U);
  EXPECT_EQ(answer.usage.prompt_tokens, answer.started.prompt_tokens);
  EXPECT_GT(answer.deltas, 1U);
  EXPECT_TRUE(base::is_utf8(answer.text));
}

TEST_F(RunnerTest, TheSameSeedGivesTheSameText) {
  load("tiny-llama-f16", {.prefix_memory_bytes = 0});
  chat::Request request = make_request("hello", 30);
  request.sampling.temperature = 1.5F;
  request.sampling.seed = 7;
  const Answer first = ask(request);
  const Answer second = ask(request);
  EXPECT_EQ(first.text, second.text);
  EXPECT_EQ(first.started.seed, 7U);
  request.sampling.seed = 8;
  EXPECT_NE(ask(request).text, first.text);
}

TEST_F(RunnerTest, AStopSequenceEndsTheAnswerAndIsNotShown) {
  load("tiny-llama-f16");
  const std::string whole = ask(make_request("hello", 80)).text;
  // Random weights also write bytes that are no text; a stop sequence is taken from what is.
  std::size_t begin = whole.size() / 4;
  const auto plain = [&](std::size_t at) { return whole.at(at) >= ' ' && whole.at(at) <= '~'; };
  while (!(plain(begin) && plain(begin + 1) && plain(begin + 2)))
    ++begin;
  const std::string stop = whole.substr(begin, 3);
  chat::Request request = make_request("hello", 80);
  request.stop = {stop};
  const Answer answer = ask(request);
  EXPECT_EQ(answer.finished, Reason::kStop);
  EXPECT_EQ(answer.text, whole.substr(0, whole.find(stop)));
  EXPECT_EQ(answer.stop_sequence, stop);
}

TEST_F(RunnerTest, ManyRequestsRunSideBySideAndAllEnd) {
  wire::Load options;
  options.kv_tokens = 1024;  // less than all want: some wait
  options.context = 512;
  load("tiny-llama-f16", options);
  const std::string alone = ask(make_request("number 3", 100)).text;
  for (std::uint32_t i = 0; i < 20; ++i) {
    runner_.generate(100 + i, make_request("number " + std::to_string(i), 100));
  }
  for (std::uint32_t i = 0; i < 20; ++i) {
    const Answer answer = runner_.finish(100 + i);
    EXPECT_EQ(answer.finished, Reason::kLength) << i;
    EXPECT_EQ(answer.usage.completion_tokens, 100U) << i;
  }
  EXPECT_EQ(ask(make_request("number 3", 100)).text, alone);
  const wire::Stats stats = runner_.stats();
  EXPECT_EQ(stats.requests_finished, 22U);
  EXPECT_EQ(stats.running, 0U);
  EXPECT_EQ(stats.kv_tokens_used, 0U);
  EXPECT_GT(stats.resident_bytes, 0U);
}

TEST_F(RunnerTest, WhoIsPreemptedGoesOnAndAllEnd) {
  load("tiny-llama-f16", {.context = 2048, .kv_tokens = 1800});
  constexpr std::uint32_t kTokens = 1600;  // there is room for one, and for a little of another
  runner_.generate(1, make_request("one", kTokens));
  runner_.generate(2, make_request("two", kTokens));
  // Each is read as far as the other, so that neither ends on its first credit, before both run.
  constexpr int kReadOfEach = 300;
  for (int i = 0; i < kReadOfEach; ++i) {
    for (const std::uint32_t request : {1U, 2U}) {
      ASSERT_TRUE(runner_.expect<wire::Said>(request));
      runner_.send(request, wire::Credit{1});
    }
  }
  for (const std::uint32_t request : {1U, 2U})
    EXPECT_EQ(runner_.finish(request).usage.completion_tokens, kTokens);
  EXPECT_GT(runner_.stats().preempted, 0U);
}

TEST_F(RunnerTest, TellsHowItsStepsAndItsAnswersWere) {
  load("tiny-llama-f16", {.context = 512, .kv_tokens = 1024});
  constexpr std::uint32_t kRequests = 20;
  constexpr std::uint32_t kTokens = 100;
  std::uint32_t prompt_tokens = 0;
  for (std::uint32_t i = 0; i < kRequests; ++i)
    runner_.generate(100 + i, make_request("number " + std::to_string(i), kTokens));
  for (std::uint32_t i = 0; i < kRequests; ++i)
    prompt_tokens += runner_.finish(100 + i).usage.prompt_tokens;
  const wire::Stats stats = runner_.stats();
  EXPECT_EQ(stats.kv_tokens, 1024U);
  const wire::Figures& figures = stats.figures;
  EXPECT_EQ(figures.step_ms.count, stats.steps - stats.steps_aborted);
  EXPECT_GT(figures.step_ms.least, 0);
  EXPECT_EQ(figures.step_tokens.sum, figures.step_writers.sum + figures.step_prompt_tokens.sum);
  EXPECT_GT(figures.step_writers.most, 1) << "they ran side by side";
  EXPECT_LE(figures.step_writers.most, 8);
  EXPECT_EQ(figures.prompt_tokens.count, kRequests);
  EXPECT_EQ(figures.prompt_tokens.sum, prompt_tokens);
  EXPECT_EQ(figures.queue_ms.count, kRequests);
  EXPECT_GT(figures.queue_ms.most, figures.step_ms.least) << "not all had room at once";
  EXPECT_GT(figures.prefill_ms.least, 0);
  EXPECT_EQ(figures.token_ms.count, kRequests * (kTokens - 1)) << "all but the first";
}

TEST_F(RunnerTest, APromptLongerThanTheContextIsAnErrorWithNumbers) {
  load("tiny-llama-f16", {.context = 64});
  std::string prompt;
  for (int i = 0; i < 300; ++i)
    prompt += "word ";
  const Answer answer = ask(make_request(prompt, 10));
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kContextOverflow);
  EXPECT_NE(answer.failed->message.find("64"), std::string::npos) << answer.failed->message;
  EXPECT_EQ(ask(make_request("short", 5)).finished, Reason::kLength);
}

TEST_F(RunnerTest, AnAnswerEndsWhereTheContextEnds) {
  load("tiny-llama-f16", {.context = 64});
  const Answer answer = ask(make_request("hi", 1000));
  EXPECT_EQ(answer.finished, Reason::kLength);
  EXPECT_EQ(answer.usage.prompt_tokens + answer.usage.completion_tokens, 64U);
}

// One below, exactly and one above what the context holds.
TEST_F(RunnerTest, APromptMayFillTheContextButForOneToken) {
  constexpr std::uint32_t kContext = 64;
  load("tiny-llama-f16", {.context = kContext});
  chat::Request request = make_request("", 10);
  request.messages.clear();
  const auto ask_with = [&](std::uint32_t tokens) {
    std::string prompt;
    do {
      prompt += "a ";
      runner_.send(++last_, wire::Tokenize{{.text = prompt, .add_special = true}});
    } while (runner_.expect<wire::TokensReply>(last_)->tokens.count < tokens);
    request.raw_prompt = prompt;
    return ask(request);
  };
  const Answer below = ask_with(kContext - 1);
  ASSERT_EQ(below.usage.prompt_tokens, kContext - 1);
  EXPECT_EQ(below.usage.completion_tokens, 1U);
  EXPECT_EQ(below.finished, Reason::kLength);
  for (const std::uint32_t tokens : {kContext, kContext + 1}) {
    const Answer refused = ask_with(tokens);
    ASSERT_TRUE(refused.failed.has_value());
    EXPECT_EQ(refused.failed->code, Code::kContextOverflow);
    EXPECT_NE(refused.failed->message.find(std::to_string(tokens)), std::string::npos);
  }
}

TEST_F(RunnerTest, AnAnswerGoesOnBeyondTheContextWhenItMayShift) {
  load("tiny-llama-f16", {.context = 128});
  chat::Request request = make_request("hello", 500);
  request.overflow = chat::Overflow::kShift;
  const Answer answer = ask(request);
  EXPECT_EQ(answer.finished, Reason::kLength);
  EXPECT_EQ(answer.usage.completion_tokens, 500U);
  EXPECT_GT(answer.usage.shifted_tokens, 300U);
  EXPECT_LE(500 + answer.usage.prompt_tokens - answer.usage.shifted_tokens, 128U);
  EXPECT_EQ(ask(make_request("hello", 5)).usage.shifted_tokens, 0U);
}

// The one that shifts began with the same cells as the other.
TEST_F(RunnerTest, ShiftingMovesNobodyElsesTokens) {
  load("tiny-llama-f16", {.context = 256, .kv_tokens = 1024});
  chat::Request steady = make_request("a story that both begin with, long enough to share", 150);
  steady.sampling.temperature = 0;
  steady.logprobs = 5;
  const Answer alone = ask(steady);
  chat::Request shifting = steady;
  shifting.max_tokens = 600;
  shifting.overflow = chat::Overflow::kShift;
  runner_.generate(1001, shifting);
  ASSERT_TRUE(runner_.expect<wire::Said>(1001).has_value());
  for (int i = 0; i < 4; ++i)
    expect_alike(ask(steady), alone);
  EXPECT_EQ(runner_.finish(1001).usage.completion_tokens, 600U);
}

TEST_F(RunnerTest, CancellingStopsWithinOneStep) {
  load("small-qwen2-f16");
  runner_.generate(1, make_request("go on for ever", 2000));
  while (auto said = runner_.expect<wire::Said>(1)) {
    if (std::holds_alternative<chat::TextDelta>(said->event)) break;
  }
  // The runner reads both at once, so this counts the steps at the moment the cancel arrived.
  runner_.send_together({{1, wire::Cancel{}}, {2, wire::StatsQuery{}}});
  const auto arrival = runner_.expect<wire::Stats>(2);
  ASSERT_TRUE(arrival.has_value());
  const Answer answer = runner_.finish(1);
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kCancelled);
  const wire::Stats after = runner_.stats();
  EXPECT_EQ(after.requests_cancelled, 1U);
  EXPECT_EQ(after.running, 0U);
  EXPECT_LE(after.steps - arrival->steps, 1U);  // the one that was under way
  EXPECT_EQ(runner_.stats().steps, after.steps);
}

TEST_F(RunnerTest, CancellingAbortsALongPrefillInTheMiddleOfAStep) {
  load("small-qwen2-f16", {.context = 4096, .prefix_memory_bytes = 0});
  std::string prompt;
  for (int i = 0; i < 2000; ++i)
    prompt += "word ";
  // A cancel that arrives between two steps aborts none. Progress is told at the end of one, so the
  // cancels come later and later, by questions that the runner answers while it computes.
  for (std::uint32_t attempt = 1; attempt <= 100; ++attempt) {
    runner_.generate(attempt, make_request(prompt, 10));
    while (auto said = runner_.expect<wire::Said>(attempt)) {
      if (std::holds_alternative<chat::Progress>(said->event)) break;
    }
    for (std::uint32_t question = 1; question < attempt; ++question)
      (void)runner_.stats();
    runner_.send(attempt, wire::Cancel{});
    EXPECT_EQ(runner_.finish(attempt).failed->code, Code::kCancelled);
    if (runner_.stats().steps_aborted > 0) break;
  }
  const wire::Stats stats = runner_.stats();
  EXPECT_GE(stats.steps_aborted, 1U);
  EXPECT_EQ(stats.kv_tokens_used, 0U);
  last_ = 1000;
  EXPECT_EQ(ask(make_request("still there?", 5)).finished, Reason::kLength);
}

// Cancels that came together crashed the engine when a sequence between them went on.
TEST_F(RunnerTest, SeveralThatLeaveAtOnceHarmNobodyElse) {
  load("tiny-llama-f16", {.context = 2048, .kv_tokens = 8192});
  for (int round = 0; round < 5; ++round) {
    for (std::uint32_t i = 1; i <= 3; ++i) {
      runner_.generate(i, make_request("go on", i == 2 ? 200 : 1500));
      ASSERT_TRUE(runner_.expect<wire::Said>(i).has_value());
    }
    runner_.send_together({{1, wire::Cancel{}}, {3, wire::Cancel{}}});
    EXPECT_EQ(runner_.finish(2).usage.completion_tokens, 200U);
    EXPECT_EQ(runner_.finish(1).failed->code, Code::kCancelled);
    EXPECT_EQ(runner_.finish(3).failed->code, Code::kCancelled);
  }
}

TEST_F(RunnerTest, AReaderThatTakesNothingHoldsBackItsOwnRequestOnly) {
  load("tiny-llama-f16", {.context = 2048, .kv_tokens = 4096});
  // Not every token of these weights ends a character, so events are fewer than tokens.
  runner_.generate(1, make_request("unread", 1500));
  runner_.generate(2, make_request("read", 1500));
  EXPECT_EQ(runner_.finish(2).finished, Reason::kLength);
  // Nobody gave credit for request 1, so it stands still with its first parcel said.
  const std::uint64_t steps = runner_.stats().steps;
  EXPECT_EQ(runner_.stats().steps, steps);
  EXPECT_EQ(runner_.stats().running, 1U);
  EXPECT_EQ(runner_.finish(1).usage.completion_tokens, 1500U);
}

TEST_F(RunnerTest, WhoseReaderIsBehindGivesItsRoomToOthers) {
  // Two take the whole pool, stand still for want of credit, and a third one comes.
  load("tiny-llama-f16", {.context = 2048, .kv_tokens = 2048});
  runner_.generate(1, make_request("unread", 1900));
  const auto stands = [&] {
    const wire::Stats stats = runner_.stats();
    return stats.running == 1 && stats.steps == runner_.stats().steps;
  };
  while (!stands()) {
  }
  last_ = 10;
  const Answer answer = ask(make_request(std::string(1500, 'x'), 300));
  EXPECT_EQ(answer.finished, Reason::kLength);
  EXPECT_EQ(runner_.stats().running, 0U) << "the first one waits now";
  EXPECT_EQ(runner_.finish(1).usage.completion_tokens, 1900U) << "and is not lost";
}

TEST_F(RunnerTest, VeryManyMessagesAreRefusedAtOnce) {
  load("tiny-llama-f16");
  chat::Request request = make_request("", 5);
  request.messages.assign(40'000, {chat::Role::kUser, ""});
  const Answer answer = ask(request);
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kContextOverflow);
  EXPECT_NE(answer.failed->message.find("at least 40000"), std::string::npos);
}

TEST_F(RunnerTest, MoreThreadsThanProcessorsAreNotUsed) {
  ASSERT_TRUE(runner_.load(model_path("tiny-llama-f16"), {.threads = 512}).has_value());
  EXPECT_EQ(ask(make_request("quick all the same", 20)).finished, Reason::kLength);
}

TEST_F(RunnerTest, ADeadlineEndsARequest) {
  load("small-qwen2-f16");
  chat::Request request = make_request("too long", 2000);
  request.deadline_ms = 150;
  const Answer answer = ask(request);
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kDeadlineExceeded);
}

TEST_F(RunnerTest, APromptThatIsNoUtf8IsAnsweredAsText) {
  load("tiny-llama-f16");
  chat::Request request = make_request("", 5);
  request.messages.clear();
  request.raw_prompt = "\xFF\xFE\x80 \xC3";
  EXPECT_EQ(ask(request).finished, Reason::kLength);
}

TEST_F(RunnerTest, SeedsOf64BitsCountWholeAndNoneOfThemMeansRandom) {
  load("tiny-llama-f16", {.prefix_memory_bytes = 0});
  const auto text = [&](std::uint64_t seed) {
    chat::Request request = make_request("hello", 30);
    request.sampling.temperature = 1.5F;
    request.sampling.seed = seed;
    return ask(request).text;
  };
  EXPECT_NE(text(7), text(7 | (std::uint64_t{1} << 40)));
  EXPECT_EQ(text(0xFFFFFFFF), text(0xFFFFFFFF));
}

TEST_F(RunnerTest, AHugePromptIsRefusedWithoutTokenizingIt) {
  load("tiny-llama-f16", {.context = 64});
  const Answer answer = ask(make_request(std::string(32 * 1024 * 1024, 'a'), 10));
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kContextOverflow);
  EXPECT_NE(answer.failed->message.find("at least"), std::string::npos) << answer.failed->message;
}

TEST_F(RunnerTest, ALongTextToTokenizeHoldsNobodyUp) {
  load("tiny-llama-f16");
  chat::TokenizeRequest request;
  for (int i = 0; i < 1'000'000; ++i)
    request.text += "many words ";
  request.result = chat::TokenizeRequest::Result::kCount;
  runner_.send(1, wire::Tokenize{request});
  EXPECT_EQ(ask(make_request("meanwhile", 5)).finished, Reason::kLength);
  EXPECT_EQ(runner_.kept(1), 0U);
  EXPECT_GT(runner_.expect<wire::TokensReply>(1)->tokens.count, 1'000'000U);
}

TEST_F(RunnerTest, ATokenizerThatThrowsEndsTheRequestAndNotTheRunner) {
  const std::string path = folder_.file("no-bytes.gguf");
  write_model_without_byte_tokens(path);
  const auto loaded = runner_.load(path, {.threads = 1});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
  const Answer answer = ask(make_request("hello", 5));
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kInternal) << answer.failed->message;
  runner_.send(5, wire::Tokenize{{.text = "hello"}});
  EXPECT_EQ(runner_.expect<wire::Refused>(5)->error.code, Code::kInternal);
  runner_.send(6, wire::Embed{{"", {"hello"}}});
  EXPECT_EQ(runner_.expect<wire::Refused>(6)->error.code, Code::kInternal);
}

TEST_F(RunnerTest, AModelThatComputesNoNumbersSaysSo) {
  const std::string path = folder_.file("no-numbers.gguf");
  {
    std::ifstream source(model_path("tiny-llama-f16"), std::ios::binary);
    std::string file((std::istreambuf_iterator<char>(source)), {});
    // Every bit set is NaN in every floating-point type; the end of the file is all tensors.
    std::fill(file.end() - static_cast<std::ptrdiff_t>(file.size() / 8), file.end(), '\xFF');
    std::ofstream(path, std::ios::binary) << file;
  }
  ASSERT_TRUE(runner_.load(path, {.threads = 1}).has_value());
  const Answer answer = ask(make_request("hello", 5));
  ASSERT_TRUE(answer.failed.has_value()) << answer.text;
  EXPECT_EQ(answer.failed->code, Code::kCorrupt);
  EXPECT_NE(answer.failed->message.find("damaged"), std::string::npos) << answer.failed->message;
}

TEST_F(RunnerTest, CountsAndTokenizesAlike) {
  load("small-qwen2-f16");
  chat::TokenizeRequest request;
  request.text = "Hello, world! <|im_start|>";
  runner_.send(1, wire::Tokenize{request});
  const auto tokens = runner_.expect<wire::TokensReply>(1);
  ASSERT_TRUE(tokens.has_value());
  EXPECT_EQ(tokens->tokens.ids.size(), tokens->tokens.count);
  request.result = chat::TokenizeRequest::Result::kCount;
  runner_.send(2, wire::Tokenize{request});
  const auto count = runner_.expect<wire::TokensReply>(2);
  EXPECT_EQ(count->tokens.count, tokens->tokens.count);
  EXPECT_TRUE(count->tokens.ids.empty());
  request.parse_special = true;
  runner_.send(3, wire::Tokenize{request});
  EXPECT_LT(runner_.expect<wire::TokensReply>(3)->tokens.count, tokens->tokens.count);
}

TEST_F(RunnerTest, TokensBecomeTextAgain) {
  using Result = chat::TokenizeRequest::Result;
  load("small-qwen2-f16");
  chat::TokenizeRequest request;
  request.text = "Hello, wörld! <|im_start|>";
  request.parse_special = true;
  request.result = Result::kPieces;
  runner_.send(1, wire::Tokenize{request});
  const auto reply = runner_.expect<wire::TokensReply>(1);
  ASSERT_TRUE(reply.has_value());
  ASSERT_EQ(reply->tokens.pieces.size(), reply->tokens.ids.size());
  std::string joined;
  for (const std::string& piece : reply->tokens.pieces)
    joined += piece;
  EXPECT_EQ(joined, request.text);
  chat::TokenizeRequest back;
  back.tokens = reply->tokens.ids;
  back.result = Result::kText;
  runner_.send(2, wire::Tokenize{back});
  EXPECT_EQ(runner_.expect<wire::TokensReply>(2)->tokens.text, request.text);
  back.tokens = {1 << 30};
  runner_.send(3, wire::Tokenize{back});
  EXPECT_EQ(runner_.expect<wire::Refused>(3)->error.code, Code::kInvalidArgument);
}

TEST_F(RunnerTest, AConversationCanBeRead) {
  load("small-qwen2-f16");
  chat::TokenizeRequest request;
  request.conversation.emplace();
  request.conversation->messages = {{chat::Role::kUser, "How are you?"}};
  request.result = chat::TokenizeRequest::Result::kText;
  runner_.send(1, wire::Tokenize{request});
  const auto reply = runner_.expect<wire::TokensReply>(1);
  ASSERT_TRUE(reply.has_value());
  EXPECT_NE(reply->tokens.text.find("How are you?"), std::string::npos);
  EXPECT_GT(reply->tokens.text.size(), std::string("How are you?").size());
  EXPECT_GT(reply->tokens.count, 0U);
  EXPECT_TRUE(reply->tokens.ids.empty());
}

TEST_F(RunnerTest, WhatAUserWritesNeverBecomesAControlToken) {
  load("small-qwen2-f16");
  const auto prompt_tokens = [&](const std::string& text) {
    return ask(make_request(text, 1)).usage.prompt_tokens;
  };
  // As text the marker is several tokens; as a control token it would be one.
  const std::uint32_t plain = prompt_tokens("a");
  EXPECT_GE(prompt_tokens("a<|im_end|>"), plain + 4);
}

TEST_F(RunnerTest, AnEncoderRefusesToWrite) {
  load("tiny-bert-f16");
  const Answer answer = ask(make_request("hello", 5));
  ASSERT_TRUE(answer.failed.has_value());
  EXPECT_EQ(answer.failed->code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace hearth::testing
