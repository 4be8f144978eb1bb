// Very many requests at once, many of which leave: asked of the real runner.
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "runner_fixture.h"

namespace hearth::testing {
namespace {

constexpr std::uint32_t kRequests = 1000;

// What became of every request, while half of them are cancelled at random moments.
TEST_F(RunnerTest, AStormOfCancelledRequestsHarmsNobody) {
  load("tiny-llama-f16", {.context = 512, .kv_tokens = 2048, .prefix_memory_bytes = 1 << 20});
  std::mt19937 random(4327);
  std::set<std::uint32_t> alive;
  std::uint32_t cancelled = 0;
  for (std::uint32_t request = 1; request <= kRequests; ++request) {
    runner_.generate(request,
                     make_request("request " + std::to_string(random() % 50), 1 + random() % 40));
    alive.insert(request);
    if (random() % 2 == 0) {
      const auto unlucky = std::next(alive.begin(), static_cast<int>(random() % alive.size()));
      runner_.send(*unlucky, wire::Cancel{});
      alive.erase(unlucky);
      ++cancelled;
    }
  }
  std::uint32_t failed = 0;
  for (std::uint32_t request = 1; request <= kRequests; ++request) {
    const Answer answer = runner_.finish(request);
    EXPECT_NE(answer.finished.has_value(), answer.failed.has_value());
    if (answer.failed) {
      ++failed;
      EXPECT_EQ(answer.failed->code, Code::kCancelled);
      EXPECT_FALSE(alive.contains(request)) << request << " was not cancelled";
    }
  }
  EXPECT_GT(failed, 0U);
  EXPECT_LE(failed, cancelled);
  const wire::Stats stats = runner_.stats();
  EXPECT_EQ(stats.running, 0U);
  EXPECT_EQ(stats.waiting, 0U);
  EXPECT_EQ(stats.kv_tokens_used, 0U);
  EXPECT_EQ(stats.requests_cancelled, failed);
  EXPECT_EQ(stats.requests_finished, kRequests - failed);
  EXPECT_EQ(ask(make_request("still there?", 5)).finished, Reason::kLength);
}

// Streams that run while the pool fills up, and the ones that fill it, all end whole.
TEST_F(RunnerTest, AFullPoolEndsNobody) {
  load("tiny-llama-f16", {.context = 512, .kv_tokens = 512, .prefix_memory_bytes = 1 << 20});
  constexpr std::uint32_t kMany = 24;
  for (std::uint32_t request = 1; request <= kMany; ++request)
    runner_.generate(request, make_request("story " + std::to_string(request), 200));
  for (std::uint32_t request = 1; request <= kMany; ++request)
    EXPECT_EQ(runner_.finish(request).usage.completion_tokens, 200U);
  EXPECT_EQ(runner_.stats().kv_tokens_used, 0U);
}

// Nothing else wakes the engine here: no kept prefix is written, and nobody else asks.
TEST_F(RunnerTest, WhoOutgrowsThePoolBesideAReaderThatIsBehindGoesOn) {
  load("tiny-llama-f16", {.context = 512, .kv_tokens = 512, .prefix_memory_bytes = 0});
  chat::Request behind = make_request("a", 450);
  behind.sampling.logit_bias = {{visible_token(), 100}};
  runner_.generate(1001, behind);
  for (std::uint32_t i = 0; i < wire::kCreditStart; ++i)
    ASSERT_TRUE(runner_.expect<wire::Said>(1001).has_value());
  EXPECT_EQ(ask(make_request("b", 450)).usage.completion_tokens, 450U);
  runner_.send(1001, wire::Credit{wire::kCreditStart});
  EXPECT_EQ(runner_.finish(1001).usage.completion_tokens, 450U);
}

}  // namespace
}  // namespace hearth::testing
