// Long runs of the real daemon: it keeps nothing.
#include <algorithm>
#include <random>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "base/units.h"
#include "daemon.h"
#include "places.h"
#include "process/memory.h"
#include "runner_client.h"

namespace hearth::testing {
namespace {

constexpr int kWarmUpRequests = 300;
constexpr int kRequests = 10'000;

TEST(Soak, ManyRequestsLeaveNoMemoryBehind) {
  DaemonProcess daemon;
  const std::string model = model_path("tiny-llama-f16");
  const auto ask = [&](int count) {
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(daemon.chat(model, "hello", 4).finish_reason, "length") << "request " << i;
  };
  ASSERT_NO_FATAL_FAILURE(ask(kWarmUpRequests));
  const std::uint64_t warm = process::resident_bytes(daemon.pid());
  ASSERT_GT(warm, 0U);
  ASSERT_NO_FATAL_FAILURE(ask(kRequests));
  EXPECT_LE(process::resident_bytes(daemon.pid()), warm + std::max(warm / 50, base::kMiB));
}

// Prompts of all lengths and in several scopes, so that prefixes come and go in memory and on disk.
TEST(Soak, ManyPromptsLeaveNoMemoryBehindInTheirRunner) {
  const base::testing::TemporaryFolder folder;
  RunnerClient runner(runner_path(), folder.path());
  const auto loaded =
      runner.load(model_path("tiny-llama-f16"), {.context = 1024,
                                                 .kv_tokens = 2048,
                                                 .threads = 1,
                                                 .prefix_memory_bytes = 8 * base::kMiB,
                                                 .prefix_file_bytes = 32 * base::kMiB});
  ASSERT_TRUE(loaded.has_value());
  std::mt19937 random(7);
  std::uint32_t request = 0;
  const auto ask = [&](int count) {
    constexpr int kTogether = 4;
    for (int i = 0; i < count; i += kTogether) {
      for (int j = 0; j < kTogether; ++j) {
        std::string prompt;
        for (std::uint32_t word = random() % 60; word > 0; --word)
          prompt += "word" + std::to_string(random() % 3) + " ";
        chat::Request asked = make_request(prompt + "end", 1 + random() % 8);
        asked.cache_scope = std::to_string(random() % 5);
        runner.generate(++request, asked);
      }
      for (int j = 0; j < kTogether; ++j) {
        const auto which = request - static_cast<std::uint32_t>(j);
        ASSERT_TRUE(runner.finish(which).finished.has_value()) << "request " << which;
      }
    }
  };
  // What is kept differs from moment to moment, so the lowest of twenty are compared: a
  // leak raises them all.
  const auto lowest = [&](int count) {
    constexpr int kSamples = 20;
    std::uint64_t bytes = UINT64_MAX;
    for (int i = 0; i < kSamples; ++i) {
      ask(count / kSamples);
      bytes = std::min(bytes, runner.stats().resident_bytes);
    }
    return bytes;
  };
  ASSERT_NO_FATAL_FAILURE(ask(kRequests / 5));
  const std::uint64_t warm = lowest(kRequests / 2);
  const std::uint64_t later = lowest(kRequests);
  EXPECT_LE(later, warm + warm / 50);
  const wire::Stats stats = runner.stats();
  EXPECT_LE(stats.prefix_ram_bytes, 8 * base::kMiB);
  EXPECT_LE(stats.prefix_disk_bytes, 32 * base::kMiB);
  EXPECT_EQ(stats.kv_tokens_used, 0U);
}

}  // namespace
}  // namespace hearth::testing
