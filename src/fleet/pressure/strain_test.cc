#include "fleet/pressure/strain.h"

#include <chrono>

#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class StrainTest : public testing::Test {
 protected:
  Strain note(double stall, base::Duration later = seconds(1)) {
    now_ += later;
    return gauge_.note(stall, now_);
  }
  StrainGauge gauge_;
  base::TimePoint now_{hours(1)};
};

TEST_F(StrainTest, RisesAtOnce) {
  EXPECT_EQ(note(0), Strain::kNone);
  EXPECT_EQ(note(0.09), Strain::kNone);
  EXPECT_EQ(note(0.1), Strain::kSome);
  EXPECT_EQ(note(0.5), Strain::kMuch);
}

TEST_F(StrainTest, FallsStepByStepAfterACalm) {
  note(1);
  EXPECT_EQ(note(0, seconds(19)), Strain::kMuch);
  EXPECT_EQ(note(0, seconds(1)), Strain::kSome);
  EXPECT_EQ(note(0, seconds(19)), Strain::kSome);
  EXPECT_EQ(note(0, seconds(1)), Strain::kNone);
}

// Around a bound it stays where it is: nothing is loaded and ended again and again.
TEST_F(StrainTest, DoesNotSwingAroundABound) {
  note(0.1);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(note(i % 2 == 0 ? 0.09 : 0.11, seconds(10)), Strain::kSome);
  for (int i = 0; i < 100; ++i)
    EXPECT_EQ(note(0.06, seconds(10)), Strain::kSome) << "half as bad is no calm";
}

}  // namespace
}  // namespace hearth::fleet
