#include "net/web/rate_limit.h"

#include <gtest/gtest.h>

namespace hearth::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST(RateLimit, GivesEverybodyTheNextPlaceInOneLine) {
  RateLimit limit(1000);
  const base::TimePoint now{seconds(5)};
  EXPECT_EQ(limit.book(100, now), now);
  EXPECT_EQ(limit.book(300, now), now + milliseconds(100));
  EXPECT_EQ(limit.book(100, now), now + milliseconds(400));
  EXPECT_EQ(limit.book(1, now + milliseconds(450)), now + milliseconds(500));
}

TEST(RateLimit, SavesNothingUpForABurst) {
  RateLimit limit(1000);
  const base::TimePoint now{seconds(5)};
  limit.book(100, now);
  const base::TimePoint later = now + seconds(60);
  EXPECT_EQ(limit.book(100, later), later);
  EXPECT_EQ(limit.book(100, later), later + milliseconds(100));
}

TEST(RateLimit, IsNoneWhenItIsZero) {
  RateLimit limit(0);
  const base::TimePoint now{seconds(5)};
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(limit.book(1'000'000'000, now), now);
  EXPECT_TRUE(limit.wait(1'000'000'000, {}));
}

TEST(RateLimit, HearsThatAWaitIsCancelled) {
  RateLimit limit(1);
  base::CancelSource source;
  EXPECT_TRUE(limit.wait(3600, source.token()));  // nobody was before it
  source.cancel();
  EXPECT_FALSE(limit.wait(1, source.token()));
}

TEST(RateLimit, ReadsLessAtOnceWhereLittleIsAllowed) {
  EXPECT_EQ(RateLimit(1).piece_bytes_max(), 1024u);
  EXPECT_EQ(RateLimit(1'000'000).piece_bytes_max(), 100'000u);
  EXPECT_EQ(RateLimit(0).piece_bytes_max(), 256u * 1024);
  EXPECT_EQ(RateLimit(1'000'000'000'000).piece_bytes_max(), 256u * 1024);
}

}  // namespace
}  // namespace hearth::net
