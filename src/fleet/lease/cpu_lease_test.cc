#include "fleet/lease/cpu_lease.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class CpuLeaseTest : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kCores = 2;

  void pass(base::Duration time) { now_ += time; }
  bool want(const Lessee& lessee, std::uint32_t cores = kCores, std::int32_t priority = 0) {
    return lease_.want(lessee, {cores, priority}, now_);
  }
  bool give_back(const Lessee& lessee) { return lease_.give_back(lessee, std::nullopt, now_); }
  bool give_back_for_more(const Lessee& lessee, std::uint32_t cores = kCores,
                          std::int32_t priority = 0) {
    return lease_.give_back(lessee, wire::LeaseWish{cores, priority}, now_);
  }
  LeaseOrders next() { return lease_.next(now_); }
  // Who computes next, for so long, and wants more; alone of those that want all cores.
  Lessee serve(base::Duration time) {
    const auto granted = next().grant;
    if (granted.size() != 1) return "nobody";
    pass(time);
    give_back_for_more(granted[0]);
    return granted[0];
  }

  CpuLease lease_{LeaseRules{.cores = kCores}};
  base::TimePoint now_{};
};

TEST_F(CpuLeaseTest, WhoIsAloneIsAskedForNothing) {
  ASSERT_TRUE(want("a"));
  const LeaseOrders orders = next();
  EXPECT_THAT(orders.grant, ElementsAre("a"));
  EXPECT_THAT(orders.want_back, IsEmpty());
  EXPECT_FALSE(orders.look_again.has_value());
  pass(std::chrono::hours(1));
  EXPECT_THAT(next().want_back, IsEmpty());
}

TEST_F(CpuLeaseTest, TwoThatWantAllCoresTakeTurns) {
  want("a");
  want("b");
  const LeaseOrders orders = next();
  EXPECT_THAT(orders.grant, ElementsAre("a"));
  EXPECT_THAT(orders.want_back, ElementsAre("a")) << "at once: somebody waits already";
  EXPECT_TRUE(lease_.waits("b"));
  EXPECT_FALSE(lease_.waits("a"));
  pass(milliseconds(30));
  give_back_for_more("a");
  std::string turns;
  for (int i = 0; i < 6; ++i)
    turns += serve(milliseconds(30));
  EXPECT_EQ(turns, "bababa");
}

TEST_F(CpuLeaseTest, WhoComesIsServedWhenTheOneThatComputesHasGivenBack) {
  want("a");
  next();
  pass(std::chrono::minutes(10));
  want("b");
  const LeaseOrders orders = next();
  EXPECT_THAT(orders.grant, IsEmpty());
  EXPECT_THAT(orders.want_back, ElementsAre("a"));
  EXPECT_THAT(next().want_back, IsEmpty()) << "once";
  give_back_for_more("a");
  EXPECT_THAT(next().grant, ElementsAre("b"));
  pass(milliseconds(25));
  give_back_for_more("b");
  EXPECT_THAT(next().grant, ElementsAre("a")) << "ten minutes alone are nobody's loss";
}

TEST_F(CpuLeaseTest, SmallModelsComputeBesideEachOther) {
  want("a", 1);
  want("b", 1);
  EXPECT_THAT(next().grant, ElementsAre("a", "b"));
  want("c", 1);
  EXPECT_THAT(next().want_back, ElementsAre("a")) << "the longest lease, and no more than needed";
  give_back("a");
  EXPECT_THAT(next().grant, ElementsAre("c"));
}

TEST_F(CpuLeaseTest, ALargeWishIsNotPassedBySmallOnes) {
  want("a", 1);
  want("b", 1);
  next();
  want("large");
  EXPECT_THAT(next().want_back, ElementsAre("a", "b"));
  pass(milliseconds(25));
  give_back_for_more("a", 1);
  EXPECT_THAT(next().grant, IsEmpty());
  give_back("b");
  EXPECT_THAT(next().grant, ElementsAre("large"));
}

TEST_F(CpuLeaseTest, MoreCoresThanThereAreAreAllOfThem) {
  want("a", 64);
  EXPECT_THAT(next().grant, ElementsAre("a"));
  want("b", 0);
  EXPECT_THAT(next().grant, IsEmpty());
}

TEST_F(CpuLeaseTest, LongAndShortStepsHaveTheSameShareOfTheTime) {
  want("long");
  want("short");
  base::Duration of_long{};
  base::Duration of_short{};
  for (int i = 0; i < 300; ++i) {
    const auto granted = next().grant;
    ASSERT_EQ(granted.size(), 1U);
    const bool is_long = granted[0] == "long";
    const base::Duration step = milliseconds(is_long ? 500 : 40);
    (is_long ? of_long : of_short) += step;
    pass(step);
    give_back_for_more(granted[0]);
  }
  EXPECT_NEAR(base::to_ms(of_long) / base::to_ms(of_short), 1, 0.1);
}

TEST_F(CpuLeaseTest, PriorityHasALargerShareAndKeepsNobodyOut) {
  want("bulk", kCores, -1);
  want("query", kCores, 1);
  int queries = 0;
  constexpr int kSteps = 340;
  for (int i = 0; i < kSteps; ++i) {
    const auto granted = next().grant;
    ASSERT_EQ(granted.size(), 1U);
    if (granted[0] == "query") ++queries;
    pass(milliseconds(25));
    give_back_for_more(granted[0], kCores, granted[0] == "query" ? 1 : -1);
  }
  EXPECT_NEAR(queries, kSteps * 16 / 17, 3);
}

TEST_F(CpuLeaseTest, OfTwoThatComeTheMoreUrgentIsFirst) {
  want("a");
  next();
  want("bulk");
  want("query", kCores, 1);
  next();
  give_back("a");
  EXPECT_THAT(next().grant, ElementsAre("query"));
}

TEST_F(CpuLeaseTest, TheEndOfALesseeFreesItsCores) {
  want("a");
  want("b");
  next();
  lease_.gone("a");
  EXPECT_THAT(next().grant, ElementsAre("b"));
  want("c");
  next();
  lease_.gone("c");  // while it waits
  give_back("b");
  const LeaseOrders orders = next();
  EXPECT_THAT(orders.grant, IsEmpty());
  EXPECT_THAT(orders.want_back, IsEmpty());
}

TEST_F(CpuLeaseTest, WhoDoesNotGiveBackIsPassedOverAfterAWhile) {
  want("hung");
  next();
  want("b");
  const auto look_again = next().look_again;
  ASSERT_TRUE(look_again.has_value());
  now_ = *look_again - std::chrono::nanoseconds(1);
  EXPECT_THAT(next().grant, IsEmpty());
  now_ = *look_again;
  const LeaseOrders orders = next();
  EXPECT_THAT(orders.grant, ElementsAre("b"));
  EXPECT_FALSE(orders.look_again.has_value());
  EXPECT_FALSE(want("hung")) << "it still has its own";
  EXPECT_TRUE(give_back("hung"));
  EXPECT_TRUE(want("hung"));
  EXPECT_THAT(next().grant, IsEmpty());
  give_back("b");
  EXPECT_THAT(next().grant, ElementsAre("hung"));
}

TEST_F(CpuLeaseTest, WhoUsedMuchIsNotMadeToWaitForAllOfIt) {
  want("slow");
  want("b");
  next();
  pass(std::chrono::minutes(5));  // one step
  next();
  give_back_for_more("slow");
  const base::TimePoint begin = now_;
  while (lease_.waits("slow") && now_ - begin < std::chrono::minutes(1)) {
    if (!next().grant.empty()) continue;
    pass(milliseconds(25));
    give_back_for_more("b");
  }
  EXPECT_NEAR(base::to_ms(now_ - begin) / 1000, CpuLease::kDebtMost, 0.1);
}

TEST_F(CpuLeaseTest, WhatCannotBeIsRefusedAndChangesNothing) {
  EXPECT_FALSE(give_back("a"));
  want("a");
  EXPECT_FALSE(want("a"));
  EXPECT_FALSE(give_back("a")) << "it has none yet";
  EXPECT_THAT(next().grant, ElementsAre("a"));
  EXPECT_FALSE(want("a"));
  EXPECT_TRUE(give_back("a"));
  EXPECT_FALSE(give_back("a"));
}

TEST_F(CpuLeaseTest, WhatIsWaitedForIsCounted) {
  want("a");
  want("b");
  next();
  pass(milliseconds(40));
  EXPECT_EQ(lease_.use("b", now_).waited, milliseconds(40)) << "so far";
  give_back("a");
  next();
  pass(milliseconds(100));
  const LeaseUse use = lease_.use("b", now_);
  EXPECT_EQ(use.waited, milliseconds(40));
  EXPECT_EQ(use.longest_wait, milliseconds(40));
  EXPECT_EQ(use.leases, 1U);
  EXPECT_EQ(lease_.use("nobody", now_).leases, 0U);
}

}  // namespace
}  // namespace hearth::fleet
