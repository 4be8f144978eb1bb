// Requests that begin alike, asked of the real runner: computed once, kept in memory and on disk,
// and never seen by who must not.
#include <chrono>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "runner_fixture.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

constexpr auto kPatience = std::chrono::seconds(30);
constexpr const char* kModel = "tiny-llama-f16";

// A few hundred tokens, whatever the tokenizer makes of words.
std::string long_text(const std::string& word, int words) {
  std::string text;
  for (int i = 0; i < words; ++i)
    text += word + std::to_string(i % 10) + " ";
  return text;
}

chat::Request raw(std::string prompt, std::uint32_t tokens, const std::string& scope = "") {
  chat::Request request = make_request("", tokens);
  request.messages.clear();
  request.raw_prompt = std::move(prompt);
  request.cache_scope = scope;
  request.sampling.temperature = 0;
  request.logprobs = 5;
  return request;
}

class Prefix : public RunnerTest {
 protected:
  // Another runner takes its place and finds what it left.
  void restart(wire::Load options = {}) {
    stop();
    open(options);
  }
  void stop() {
    runner_.send(0, wire::Shutdown{});
    ASSERT_TRUE(runner_.process().wait(kPatience).has_value());
  }
  void open(wire::Load options = {}) {
    runner_ = RunnerClient(runner_path(), folder_.path());
    load(kModel, options);
  }
  std::vector<fs::path> spans() {
    std::vector<fs::path> list;
    for (const auto& entry : fs::directory_iterator(folder_.path())) {
      if (entry.path().extension() == ".span") list.push_back(entry.path());
    }
    return list;
  }
  void SetUp() override { open(); }
};

TEST_F(Prefix, ASecondRequestFindsWhatTheFirstComputed) {
  const std::string system = long_text("rule", 60);
  const Answer first = ask(raw(system + "one", 8));
  EXPECT_EQ(first.usage.cached_tokens, 0U);
  const Answer second = ask(raw(system + "two", 8));
  EXPECT_GT(second.usage.cached_tokens, 100U);
  EXPECT_LT(second.usage.cached_tokens, second.usage.prompt_tokens);
  const Answer again = ask(raw(system + "one", 8));
  EXPECT_EQ(again.usage.cached_tokens, again.usage.prompt_tokens - 1);
  expect_alike(again, first);
}

TEST_F(Prefix, ATurnOfAChatGoesOnWhereTheLastEnded) {
  std::string text = long_text("word", 40);
  std::uint32_t known = 0;
  for (int turn = 0; turn < 4; ++turn) {
    const Answer answer = ask(raw(text, 4));
    EXPECT_GE(answer.usage.cached_tokens, known);
    known = answer.usage.prompt_tokens - 1;
    text += long_text("more", 10);
  }
}

// While nobody asks anything, the template's end of an answer is computed as well.
TEST_F(Prefix, ATurnThatCouldBeClosedIsKnownToTheNextQuestion) {
  chat::Request request = make_request(long_text("word", 10), 20);
  request.sampling.ignore_eos = true;
  request.sampling.logit_bias = {{visible_token(), 100}};
  const std::uint64_t before = runner_.stats().prefix_ram_bytes;
  const Answer first = ask(request);
  const auto patience = std::chrono::steady_clock::now() + kPatience;
  while (runner_.stats().prefix_ram_bytes == before)
    ASSERT_LT(std::chrono::steady_clock::now(), patience);
  request.messages.push_back({chat::Role::kAssistant, first.text});
  request.messages.push_back({chat::Role::kUser, "and then?"});
  const Answer second = ask(request);
  EXPECT_GT(second.usage.cached_tokens, first.usage.prompt_tokens + 20);
  EXPECT_EQ(first.usage.completion_tokens, 20U);
}

TEST_F(Prefix, ScopesShareNothing) {
  const std::string prompt = long_text("secret", 60);
  ask(raw(prompt, 4, "alice"));
  EXPECT_EQ(ask(raw(prompt, 4, "bob")).usage.cached_tokens, 0U);
  EXPECT_EQ(ask(raw(prompt, 4)).usage.cached_tokens, 0U);
  EXPECT_GT(ask(raw(prompt, 4, "alice")).usage.cached_tokens, 100U);
}

TEST_F(Prefix, EightAtOnceComputeTheirSharedBeginningOnce) {
  const std::string system = long_text("rule", 200);
  const std::uint32_t alone = ask(raw(system + "question 0", 8, "alone")).usage.prompt_tokens;
  const std::uint64_t before = runner_.stats().prompt_tokens;
  for (std::uint32_t i = 0; i < 8; ++i)
    runner_.generate(100 + i, raw(system + "question " + std::to_string(i), 8));
  std::uint32_t computed = 0;
  for (std::uint32_t i = 0; i < 8; ++i) {
    const Answer answer = runner_.finish(100 + i);
    EXPECT_EQ(answer.finished, Reason::kLength);
    computed += answer.usage.prompt_tokens - answer.usage.cached_tokens;
  }
  EXPECT_EQ(runner_.stats().prompt_tokens - before, 8U * alone);
  EXPECT_LT(computed, alone + 8 * 20);
}

// Together they would need several times the pool; what they share is there once.
TEST_F(Prefix, WhatIsSharedTakesRoomOnce) {
  restart({.context = 1024, .kv_tokens = 1536, .prefix_file_bytes = 0});
  const std::string system = long_text("rule", 120);
  ASSERT_GT(ask(raw(system, 1)).usage.prompt_tokens, 500U);
  for (std::uint32_t i = 0; i < 4; ++i) {
    chat::Request request = raw(system + std::to_string(i), 64);
    request.sampling.logit_bias = {{visible_token(), 100}};
    runner_.generate(100 + i, request);
  }
  std::uint32_t running = 0;
  while (running < 4) {
    ASSERT_TRUE(runner_.expect<wire::Said>(103).has_value());
    running = runner_.stats().running;
  }
  for (std::uint32_t i = 0; i < 3; ++i)
    EXPECT_EQ(runner_.finish(100 + i).finished, Reason::kLength);
}

TEST_F(Prefix, TheLeaderThatIsCancelledLeavesTheOthersWhatItComputed) {
  const std::string system = long_text("rule", 250);
  runner_.generate(1001, raw(system + "one", 8));
  runner_.generate(1002, raw(system + "two", 8));
  // The first report of progress says that it is being computed.
  ASSERT_TRUE(runner_.expect<wire::Said>(1001).has_value());
  ASSERT_TRUE(runner_.expect<wire::Said>(1001).has_value());
  runner_.send(1001, wire::Cancel{});
  const Answer second = runner_.finish(1002);
  EXPECT_EQ(second.finished, Reason::kLength);
  EXPECT_GT(second.usage.cached_tokens, 0U);
}

TEST_F(Prefix, ARestartKeepsWhatWasKnown) {
  const std::string prompt = long_text("rule", 300);
  const Answer before = ask(raw(prompt, 16));
  restart();
  ASSERT_FALSE(spans().empty());
  const Answer after = ask(raw(prompt, 16));
  EXPECT_EQ(after.usage.cached_tokens, after.usage.prompt_tokens - 1);
  expect_alike(after, before);
}

TEST_F(Prefix, DamagedFilesAreIgnoredAndReplaced) {
  const std::string prompt = long_text("rule", 300);
  const Answer before = ask(raw(prompt, 16));
  stop();
  const auto files = spans();
  ASSERT_GT(files.size(), 1U);
  for (const fs::path& path : files) {
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(fs::file_size(path) / 2));
    file.put('!');
  }
  open();
  const Answer after = ask(raw(prompt, 16));
  EXPECT_EQ(after.finished, Reason::kLength);
  expect_alike(after, before);
  restart();
  EXPECT_GT(ask(raw(prompt, 16)).usage.cached_tokens, 100U);
}

TEST_F(Prefix, KilledInTheMiddleItStillFindsWhatWasWritten) {
  const std::string prompt = long_text("rule", 300);
  ask(raw(prompt, 16));
  while (spans().empty())
    ask(raw("another", 1));
  runner_.process().kill_group();
  ASSERT_TRUE(runner_.process().wait(kPatience).has_value());
  open();
  EXPECT_EQ(ask(raw(prompt, 16)).finished, Reason::kLength);
}

TEST_F(Prefix, CanBeTurnedOff) {
  EXPECT_EQ(runner_.stats().prefix_cache, "on");
  restart({.prefix_memory_bytes = 0});
  EXPECT_EQ(runner_.stats().prefix_cache, "off: model.prefix_memory is 0");
  const std::string prompt = long_text("rule", 100);
  ask(raw(prompt, 4));
  EXPECT_EQ(ask(raw(prompt, 4)).usage.cached_tokens, 0U);
}

// Its layers forget what is far behind, so what they hold is no beginning that others could take.
class PrefixOff : public Prefix, public ::testing::WithParamInterface<std::string> {};

TEST_P(PrefixOff, AModelThatCannotBeCutAnswersWithoutAndSaysWhy) {
  runner_ = RunnerClient(runner_path(), folder_.path());
  load(GetParam());
  EXPECT_EQ(runner_.stats().prefix_cache, GetParam() == "tiny-mamba-f16"
                                              ? "off: the model is recurrent"
                                              : "off: the model attends through a sliding window");
  const std::string prompt = long_text("rule", 60);  // several windows
  const Answer first = ask(raw(prompt, 30));
  EXPECT_EQ(first.finished, Reason::kLength);
  const Answer second = ask(raw(prompt, 30));
  EXPECT_EQ(second.usage.cached_tokens, 0U);
  expect_alike(second, first);
  runner_.generate(1001, raw(long_text("rule", 250), 300));
  ASSERT_TRUE(runner_.expect<wire::Said>(1001).has_value());
  runner_.send(1001, wire::Cancel{});
  EXPECT_EQ(runner_.finish(1001).failed->code, Code::kCancelled);
  expect_alike(ask(raw(prompt, 30)), first);
  EXPECT_TRUE(spans().empty());
}

INSTANTIATE_TEST_SUITE_P(Models, PrefixOff,
                         ::testing::Values("tiny-cohere2-f16", "tiny-mamba-f16"));

// The pool holds one of them; whoever gives way goes on where it was, and nobody fails.
TEST_F(Prefix, AFullPoolParksAndResumes) {
  restart({.context = 512, .kv_tokens = 512, .prefix_file_bytes = 0});
  for (std::uint32_t i = 0; i < 3; ++i)
    runner_.generate(100 + i, raw(long_text("q" + std::to_string(i), 20), 300));
  for (std::uint32_t i = 0; i < 3; ++i) {
    const Answer answer = runner_.finish(100 + i);
    EXPECT_EQ(answer.finished, Reason::kLength);
    EXPECT_EQ(answer.usage.completion_tokens, 300U);
  }
}

}  // namespace
}  // namespace hearth::testing
