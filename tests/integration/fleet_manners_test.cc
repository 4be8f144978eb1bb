// How a fleet behaves to many clients, with little memory and on a hot machine: real processes, of
// the fake runner.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fleet_fixture.h"

namespace hearth::testing {
namespace {

class FleetQueueTest : public FleetTest {
 protected:
  static constexpr std::uint64_t kBytes = 10'000;
  static fleet::Fleet::Options few_seats() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.waiting = {.requests = 2, .bytes = kBytes};
    return options;
  }
  FleetQueueTest() : FleetTest(few_seats()) {}
};

TEST_F(FleetQueueTest, MoreRequestsThanMayWaitAreToldToTryAgain) {
  auto first = ask("hang 0");
  auto second = ask("hang 0");
  EXPECT_EQ(failure(finish(*ask("say 1")).second), Code::kResourceExhausted);
  EXPECT_EQ(fleet_.waiting().requests, 2U);
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(model(), {.text = "abc"},
                  [&](Result<chat::Tokens> got) { tokens = std::move(got); });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ(tokens->error().code, Code::kResourceExhausted);
  first.reset();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetQueueTest, WhoHasHeardAWordWaitsNoMore) {
  auto first = ask("hang 1");
  auto second = ask("hang 1");
  EXPECT_EQ(fleet_.waiting().requests, 2U);
  for (chat::EventStream* stream : {first.get(), second.get()}) {
    while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
      continue;
  }
  EXPECT_EQ(fleet_.waiting().requests, 0U);
  EXPECT_EQ(fleet_.waiting().bytes, 0U);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetQueueTest, MoreTextThanMayWaitIsToldToTryAgain) {
  auto first = ask("hang 0 " + std::string(kBytes * 2, 'x'));  // alone it may
  EXPECT_GT(fleet_.waiting().bytes, kBytes);
  EXPECT_EQ(failure(finish(*ask("say 1")).second), Code::kResourceExhausted);
  first.reset();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

class FleetLadderTest : public FleetTest {
 protected:
  static fleet::Fleet::Options large_pool() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.load.context = 8192;  // all that the model was trained for
    options.load.kv_tokens = 16384;
    return options;
  }
  explicit FleetLadderTest(fleet::Fleet::Options options = large_pool())
      : FleetTest(std::move(options)) {}
  static store::ModelFile called(const std::string& name) {
    return model_at(model_path("small-qwen2-f16"), name);
  }
  std::pair<std::string, Event> answer_of(const std::string& name) {
    chat::Request request;
    request.messages = {{chat::Role::kUser, "say 1"}};
    return finish(*fleet_.generate(called(name), request));
  }
};

TEST_F(FleetLadderTest, WhatThereIsNoMemoryForIsLoadedWithLess) {
  EXPECT_EQ(answer_of("load-above-4096").first, "word ");
  EXPECT_EQ(starts(), 4U) << "16384, 8192, that with two answers at a time, 4096";
  const fleet::RunnerStatus status = fleet_.status()[0];
  EXPECT_EQ(status.context, 4096U);
  EXPECT_THAT(status.lowered, ::testing::StartsWith("a context of 4096 tokens in place of 8192"));
  EXPECT_EQ(answer_of("load-above-4096").first, "word ");
  EXPECT_EQ(starts(), 4U);
}

TEST_F(FleetLadderTest, WhoOnlyCountsTokensWaitsForItToo) {
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(called("load-above-4096"), {.text = "abc"},
                  [&](Result<chat::Tokens> got) { tokens = std::move(got); });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ(tokens->value().count, 3U);
}

TEST_F(FleetLadderTest, TheLastRungIsTheEnd) {
  EXPECT_EQ(failure(answer_of("load-above-100").second), Code::kOutOfMemory);
  EXPECT_EQ(starts(), 6U);
  EXPECT_TRUE(fleet_.status().empty());
  EXPECT_EQ(failure(answer_of("load-above-100").second), Code::kOutOfMemory);
  EXPECT_EQ(starts(), 12U) << "from the top: there may be more memory now";
}

TEST_F(FleetLadderTest, WhatDoesNotLoadAgainAndAgainIsLeftAlone) {
  for (std::size_t i = 0; i <= fleet::Recovery::kFreeFailures; ++i)
    EXPECT_EQ(failure(answer_of("load-refuse").second), Code::kCorrupt);
  EXPECT_EQ(failure(answer_of("load-refuse").second), Code::kUnavailable);
  EXPECT_EQ(starts(), fleet::Recovery::kFreeFailures + 1);
}

class FleetAskedContextTest : public FleetLadderTest {
 protected:
  static fleet::Fleet::Options asked() {
    auto options = large_pool();
    options.context_wished = options.load.context;
    return options;
  }
  FleetAskedContextTest() : FleetLadderTest(asked()) {}
};

TEST_F(FleetAskedContextTest, NoContextIsSmallerThanSomebodyAskedFor) {
  EXPECT_EQ(failure(answer_of("load-above-4096").second), Code::kOutOfMemory);
  EXPECT_EQ(starts(), 4U) << "16384, 8192, that with two answers at a time, with one";
}

}  // namespace
}  // namespace hearth::testing
