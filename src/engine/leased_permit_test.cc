#include "engine/leased_permit.h"

#include <string>

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

using std::chrono::milliseconds;

class LeasedPermitTest : public ::testing::Test {
 protected:
  static constexpr auto kSlice = milliseconds(25);

  void note(const wire::Message& message) {
    if (std::holds_alternative<wire::LeaseWanted>(message)) {
      said_ += "wanted ";
    } else if (const auto* returned = std::get_if<wire::LeaseReturned>(&message)) {
      said_ += returned->next ? "returned-for-more " : "returned ";
    }
  }
  // All that was said since it was last looked at.
  std::string said() { return std::exchange(said_, ""); }
  bool take() { return permit_.take({2, 0}); }

  std::string said_;
  base::ManualClock clock_;
  LeasedPermit permit_{[this](const wire::Message& message) { note(message); }, clock_};
};

TEST_F(LeasedPermitTest, ItAsksOnceAndComputesWhenItIsGranted) {
  EXPECT_FALSE(take());
  EXPECT_FALSE(take());
  EXPECT_EQ(said(), "wanted ");
  EXPECT_TRUE(permit_.granted(kSlice));
  EXPECT_TRUE(take());
  clock_.advance(std::chrono::hours(1));
  EXPECT_TRUE(take()) << "nobody else wants it";
  permit_.rest();
  EXPECT_TRUE(take());
  EXPECT_EQ(said(), "");
}

TEST_F(LeasedPermitTest, WhatOthersWantIsGivenBackAfterTheSliceAndAskedForAgain) {
  take();
  permit_.granted(kSlice);
  permit_.wanted_back();
  EXPECT_TRUE(take());
  clock_.advance(kSlice - milliseconds(1));
  EXPECT_TRUE(take());
  clock_.advance(milliseconds(1));
  EXPECT_FALSE(take());
  EXPECT_EQ(said(), "wanted returned-for-more ");
  EXPECT_FALSE(take());
  EXPECT_EQ(said(), "") << "it was asked for as it was returned";
  permit_.granted(kSlice);
  EXPECT_TRUE(take());
}

TEST_F(LeasedPermitTest, AGrantIsGoodForAStepHoweverLateItIsTaken) {
  take();
  permit_.granted(kSlice);
  permit_.wanted_back();
  clock_.advance(std::chrono::seconds(1));
  EXPECT_TRUE(take());
  EXPECT_FALSE(take());
}

TEST_F(LeasedPermitTest, WhoRestsGivesItBackAtOnce) {
  take();
  permit_.granted(kSlice);
  take();
  permit_.rest();
  said();
  permit_.wanted_back();
  EXPECT_EQ(said(), "returned ");
  EXPECT_FALSE(take());
  EXPECT_EQ(said(), "wanted ");
}

TEST_F(LeasedPermitTest, WhoHasNothingMoreToComputeGivesItBack) {
  take();
  permit_.granted(kSlice);
  take();
  permit_.wanted_back();
  permit_.rest();
  EXPECT_EQ(said(), "wanted returned ");
}

TEST_F(LeasedPermitTest, WhoNoLongerNeedsItWhenItComesGivesItBackOnceItSaysSo) {
  take();
  permit_.rest();  // what it was for is cancelled
  EXPECT_TRUE(permit_.granted(kSlice));
  permit_.wanted_back();
  EXPECT_EQ(said(), "wanted ") << "it may be about to compute";
  permit_.rest();
  EXPECT_EQ(said(), "returned ");
}

TEST_F(LeasedPermitTest, WordsThatCrossMeanNothing) {
  permit_.wanted_back();
  EXPECT_EQ(said(), "");
  EXPECT_FALSE(permit_.granted(kSlice)) << "that was not asked for";
  take();
  permit_.wanted_back();
  permit_.granted(kSlice);
  clock_.advance(kSlice);
  EXPECT_TRUE(take());
  EXPECT_TRUE(take()) << "what was wanted back was another one";
  EXPECT_FALSE(permit_.granted(kSlice));
}

TEST_F(LeasedPermitTest, OthersAreKnownOfForASecond) {
  EXPECT_FALSE(permit_.contended());
  permit_.wanted_back();
  EXPECT_TRUE(permit_.contended());
  clock_.advance(std::chrono::seconds(1));
  EXPECT_FALSE(permit_.contended());
}

}  // namespace
}  // namespace hearth::engine
