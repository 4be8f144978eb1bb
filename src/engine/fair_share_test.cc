#include "engine/fair_share.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(FairShare, FadesByHalfInEveryHalfLife) {
  FairShare shares;
  const base::TimePoint start{};
  shares.add("a", 1000, start);
  EXPECT_DOUBLE_EQ(shares.recent("a", start), 1000);
  EXPECT_DOUBLE_EQ(shares.recent("a", start + FairShare::kHalfLife), 500);
  shares.add("a", 100, start + FairShare::kHalfLife);
  EXPECT_DOUBLE_EQ(shares.recent("a", start + 2 * FairShare::kHalfLife), 300);
  EXPECT_EQ(shares.recent("nobody", start), 0);
}

TEST(FairShare, ManyClientsThatLeftAreForgotten) {
  FairShare shares;
  base::TimePoint now{};
  for (int i = 0; i < 100'000; ++i) {
    now += std::chrono::seconds(1);
    shares.add(std::to_string(i), 100, now);
  }
  EXPECT_EQ(shares.recent("1", now), 0);
  EXPECT_NEAR(shares.recent("99999", now), 100, 1e-9);
  EXPECT_LE(shares.clients(), 1024U);
}

}  // namespace
}  // namespace hearth::engine
