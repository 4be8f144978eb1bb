#include "store/pull/retry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::store {
namespace {

constexpr std::uint32_t kLeast = 0;
constexpr std::uint32_t kMost = ~std::uint32_t{0};

TEST(Retry, PausesDoubleWithChanceUpToABound) {
  DownloadOptions options;
  options.attempts = 20;
  EXPECT_EQ(pause_after({1, {}}, options, kLeast), 500);
  EXPECT_EQ(pause_after({2, {}}, options, kLeast), 1000);
  EXPECT_EQ(pause_after({3, {}}, options, kLeast), 2000);
  EXPECT_NEAR(static_cast<double>(*pause_after({3, {}}, options, kMost)), 1000, 1);
  EXPECT_EQ(pause_after({19, {}}, options, kLeast), kPauseMsMax);
}

TEST(Retry, TheLastAttemptIsTheLast) {
  DownloadOptions options;
  EXPECT_TRUE(pause_after({options.attempts - 1, {}}, options, 0).has_value());
  EXPECT_FALSE(pause_after({options.attempts, {}}, options, 0).has_value());
  options.attempts = 0;
  EXPECT_FALSE(pause_after({1, {}}, options, 0).has_value());
}

TEST(Retry, AServerCanAskForMoreTimeWithinABound) {
  const DownloadOptions options;
  EXPECT_EQ(pause_after({1, 7000}, options, kLeast), 7000);
  EXPECT_EQ(pause_after({1, 10}, options, kLeast), 500);
  EXPECT_EQ(pause_after({1, 1'000'000'000}, options, kLeast), kRetryAfterMsMax);
}

TEST(Retry, OnlyWhatCanPassIsTriedAgain) {
  EXPECT_TRUE(passes(Code::kUnavailable));
  EXPECT_TRUE(passes(Code::kUpstream));
  EXPECT_FALSE(passes(Code::kPermissionDenied));
  EXPECT_FALSE(passes(Code::kCancelled));
  EXPECT_FALSE(passes(Code::kInvalidArgument));
}

}  // namespace
}  // namespace hearth::store
