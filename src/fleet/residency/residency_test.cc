#include "fleet/residency/residency.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::uint64_t kGiB = 1ULL << 30;

// Time goes on by itself: a second with everything that happens.
class ResidencyTest : public testing::Test {
 protected:
  static ResidencyRules rules() { return {.budget_bytes = 10 * kGiB}; }

  void want(const ModelKey& key, std::uint64_t gib, base::Duration reload = seconds(1)) {
    residency_.want(key, {key, gib * kGiB, reload}, now_);
  }
  Orders next(base::Duration later = seconds(1)) {
    now_ += later;
    return residency_.next(now_);
  }
  // Wanted, let in and loaded; it rests.
  void load(const ModelKey& key, std::uint64_t gib, base::Duration reload = seconds(1)) {
    want(key, gib, reload);
    EXPECT_THAT(next().load, ElementsAre(key));
    residency_.ready(key, now_);
  }
  void end(const ModelKey& key) { residency_.gone(key); }

  Residency residency_{rules()};
  base::TimePoint now_{hours(1)};
};

TEST_F(ResidencyTest, LetsInWhatFits) {
  want("a", 4);
  want("b", 6);
  EXPECT_THAT(next().load, ElementsAre("a", "b"));
  EXPECT_EQ(residency_.reserved_bytes(), 10 * kGiB);
  EXPECT_TRUE(residency_.takes_requests("a"));
}

TEST_F(ResidencyTest, RefusesWithTheArithmeticWhatCanNeverFit) {
  want("a", 11);
  const Orders orders = next();
  ASSERT_EQ(orders.refuse.size(), 1U);
  EXPECT_EQ(orders.refuse[0].why.code, Code::kOutOfMemory);
  EXPECT_THAT(orders.refuse[0].why.message, HasSubstr("'a' needs 11.0 GiB"));
  EXPECT_THAT(orders.refuse[0].why.message, HasSubstr("may hold 10.0 GiB"));
  EXPECT_THAT(residency_.waiting(), IsEmpty());
}

TEST_F(ResidencyTest, CountsWhatIsPinnedAsNoRoomForAnybody) {
  load("a", 6);
  residency_.pin("a");
  want("b", 5);
  const Orders orders = next();
  ASSERT_EQ(orders.refuse.size(), 1U);
  EXPECT_THAT(orders.refuse[0].why.message, HasSubstr("of which pinned models hold 6.0 GiB"));
}

TEST_F(ResidencyTest, AModelThatRestsLeavesForOneThatIsNeeded) {
  load("a", 6);
  want("b", 6);
  Orders orders = next();
  EXPECT_THAT(orders.leave, ElementsAre("a"));
  EXPECT_THAT(orders.load, IsEmpty());  // its memory is not back yet
  end("a");
  orders = next();
  EXPECT_THAT(orders.load, ElementsAre("b"));
}

TEST_F(ResidencyTest, NoModelLeavesInVain) {
  load("a", 3);
  load("b", 6);
  residency_.work("b");
  want("c", 8);  // a alone would not be enough
  EXPECT_TRUE(next().nothing_to_do());
}

TEST_F(ResidencyTest, TheOneThatRestsLongestAgainstItsReloadLeaves) {
  load("quick", 4, seconds(1));
  load("slow", 4, seconds(100));
  now_ += seconds(50);
  residency_.rest("quick", now_);  // 10 s against 1 s, and 60 s against 100 s
  want("c", 4);
  EXPECT_THAT(next(seconds(10)).leave, ElementsAre("quick"));
}

TEST_F(ResidencyTest, OnlyAsManyLeaveAsAreInTheWay) {
  load("small", 1);
  load("large", 7);
  want("c", 8);  // small has rested longer, yet large alone makes the room
  EXPECT_THAT(next().leave, ElementsAre("large"));
}

TEST_F(ResidencyTest, WhoIsBusyTakesNoFurtherRequestOnceTheOtherHasWaitedItsTurn) {
  load("a", 6);
  residency_.work("a");
  want("b", 6);
  Orders orders = next();
  EXPECT_TRUE(orders.nothing_to_do());
  EXPECT_TRUE(residency_.takes_requests("a"));
  ASSERT_TRUE(orders.look_again);
  now_ = *orders.look_again;
  orders = residency_.next(now_);
  EXPECT_THAT(orders.leave, IsEmpty());  // it still answers
  EXPECT_FALSE(residency_.takes_requests("a"));

  residency_.rest("a", now_);
  EXPECT_THAT(next().leave, ElementsAre("a"));
  end("a");
  want("a", 6);  // whoever asks for it again comes after b
  EXPECT_THAT(next().load, ElementsAre("b"));
  EXPECT_THAT(residency_.waiting(), ElementsAre("a"));
}

TEST_F(ResidencyTest, AClosedModelOpensAgainWhenNobodyNeedsItsRoom) {
  load("a", 6);
  residency_.work("a");
  want("b", 6);
  next(seconds(10));
  EXPECT_FALSE(residency_.takes_requests("a"));
  residency_.withdraw("b");
  next();
  EXPECT_TRUE(residency_.takes_requests("a"));
}

TEST_F(ResidencyTest, ASmallOneGoesBeforeOnlyWhereItIsNotInTheWay) {
  load("a", 7);
  residency_.work("a");
  want("large", 8);
  want("small", 1);
  want("middle", 3);  // beside large there would be no room for it
  EXPECT_THAT(next().load, ElementsAre("small"));
  EXPECT_THAT(residency_.waiting(), ElementsAre("large", "middle"));
}

TEST_F(ResidencyTest, ModelsLeaveWhenTheyHaveRestedLongEnough) {
  load("a", 1);
  load("b", 1);
  residency_.keep("b", kKeepForever);
  const auto look_again = next().look_again;
  ASSERT_TRUE(look_again);
  now_ = *look_again;
  EXPECT_THAT(residency_.next(now_).leave, ElementsAre("a"));
  EXPECT_THAT(next(hours(1000)).leave, IsEmpty());
}

TEST_F(ResidencyTest, AModelThatIsKeptForNoTimeLeavesAfterItsAnswer) {
  load("a", 1);
  residency_.work("a");
  residency_.keep("a", seconds(0));
  EXPECT_TRUE(next().nothing_to_do());
  residency_.rest("a", now_);
  EXPECT_THAT(next(seconds(0)).leave, ElementsAre("a"));
}

TEST_F(ResidencyTest, SpareRoomIsWhatNobodyHasOrWaitsFor) {
  const auto fits = [this](std::uint64_t bytes) {
    return residency_.has_spare_room({.name = "x", .bytes = bytes * kGiB});
  };
  load("a", 6);
  EXPECT_TRUE(fits(4));
  EXPECT_FALSE(fits(5)) << "though the model that is in rests";
  residency_.set_strain(Strain::kSome);
  EXPECT_FALSE(fits(1));
  residency_.set_strain(Strain::kNone);
  residency_.work("a");
  want("b", 5);
  next(seconds(0));
  EXPECT_FALSE(fits(1)) << "somebody waits";
}

TEST_F(ResidencyTest, BelowZeroIsForEver) {
  load("a", 1);
  residency_.keep("a", seconds(-1));
  EXPECT_EQ(next().look_again, std::nullopt);
  EXPECT_THAT(next(hours(1000)).leave, IsEmpty());
}

TEST_F(ResidencyTest, TellsHowLongAModelStays) {
  EXPECT_EQ(residency_.time_left("a", now_), std::nullopt) << "it is not there";
  load("a", 1);
  residency_.keep("a", seconds(60));
  EXPECT_EQ(residency_.time_left("a", now_ + seconds(20)), seconds(40));
  EXPECT_EQ(residency_.time_left("a", now_ + seconds(100)), seconds(0));
  residency_.work("a");
  EXPECT_EQ(residency_.time_left("a", now_ + seconds(20)), seconds(60)) << "from its answer on";
  residency_.keep("a", kKeepForever);
  EXPECT_EQ(residency_.time_left("a", now_), std::nullopt);
  residency_.keep("a", seconds(60));
  residency_.pin("a");
  EXPECT_EQ(residency_.time_left("a", now_), std::nullopt);
}

TEST_F(ResidencyTest, PinnedModelsStay) {
  load("a", 6);
  residency_.pin("a");
  EXPECT_THAT(next(hours(10)).leave, IsEmpty());
  residency_.unpin("a");
  EXPECT_THAT(next().leave, ElementsAre("a"));
}

TEST_F(ResidencyTest, WhatLeavesHoldsItsRoomUntilItIsGone) {
  load("a", 6);
  residency_.leaving("a");
  EXPECT_FALSE(residency_.takes_requests("a"));
  want("b", 6);
  EXPECT_TRUE(next().nothing_to_do());
  end("a");
  EXPECT_THAT(next().load, ElementsAre("b"));
}

TEST_F(ResidencyTest, AModelThatHoldsMoreThanItClaimedCountsWithThat) {
  load("a", 4);
  residency_.note_held("a", 7 * kGiB);
  want("b", 4);
  EXPECT_THAT(next().leave, ElementsAre("a"));
}

TEST_F(ResidencyTest, AFallenBudgetIsMadeUpForByWhoRests) {
  load("a", 4);
  load("b", 4);
  residency_.work("a");
  residency_.set_budget(3 * kGiB);
  EXPECT_THAT(next().leave, ElementsAre("b"));
  end("b");
  EXPECT_TRUE(next().nothing_to_do());  // who answers goes on
  residency_.rest("a", now_);
  EXPECT_THAT(next().leave, ElementsAre("a"));
}

TEST_F(ResidencyTest, WhileMemoryIsShortNobodyIsLetInBesideOthers) {
  load("a", 1);
  residency_.work("a");
  residency_.set_strain(Strain::kSome);
  want("b", 1);
  EXPECT_TRUE(next().nothing_to_do());
  residency_.set_strain(Strain::kNone);
  EXPECT_THAT(next().load, ElementsAre("b"));
}

TEST_F(ResidencyTest, WhileMemoryIsVeryShortWhoRestsLeavesAndOneIsLetInAtATime) {
  load("a", 1);
  load("b", 1);
  load("c", 1);
  residency_.pin("c");
  residency_.work("a");
  residency_.set_strain(Strain::kMuch);
  EXPECT_THAT(next().leave, ElementsAre("b"));
  residency_.unpin("c");
  EXPECT_THAT(next().leave, ElementsAre("c"));
  residency_.rest("a", now_);
  EXPECT_THAT(next().leave, ElementsAre("a"));
  for (const char* key : {"a", "b", "c"})
    end(key);
  want("d", 1);
  want("e", 1);
  EXPECT_THAT(next().load, ElementsAre("d"));
}

TEST_F(ResidencyTest, ThereAreNoMoreModelsThanThereMayBe) {
  residency_ = Residency({.budget_bytes = 10 * kGiB, .models_max = 1});
  load("a", 1);
  want("b", 1);
  EXPECT_THAT(next().leave, ElementsAre("a"));
  end("a");
  EXPECT_THAT(next().load, ElementsAre("b"));
  residency_.pin("b");
  want("a", 1);
  const Orders orders = next();
  ASSERT_EQ(orders.refuse.size(), 1U);
  EXPECT_THAT(orders.refuse[0].why.message, HasSubstr("at most 1 models"));
}

TEST_F(ResidencyTest, WithoutABudgetAllAreLetIn) {
  residency_ = Residency({});
  want("a", 1 << 20);
  want("b", 1 << 20);
  EXPECT_THAT(next().load, ElementsAre("a", "b"));
}

}  // namespace
}  // namespace hearth::fleet
