#include "fleet/residency/recovery.h"

#include <chrono>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

class RecoveryTest : public testing::Test {
 protected:
  void crash(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i)
      recovery_.failed("m", now_);
  }
  bool may_start(base::Duration later = {}) {
    now_ += later;
    return recovery_.may_start("m", "model", now_).has_value();
  }

  Recovery recovery_;
  base::TimePoint now_{hours(1)};
};

TEST_F(RecoveryTest, AFewCrashesCostNothing) {
  EXPECT_TRUE(may_start());
  crash(Recovery::kFreeFailures);
  EXPECT_TRUE(may_start());
}

TEST_F(RecoveryTest, PausesGrowAndAreBounded) {
  crash(Recovery::kFreeFailures + 1);
  EXPECT_FALSE(may_start());
  EXPECT_TRUE(may_start(seconds(1)));
  crash(2);
  EXPECT_FALSE(may_start(seconds(3)));
  EXPECT_TRUE(may_start(seconds(1)));
  crash(50);
  EXPECT_FALSE(may_start(seconds(59)));
  EXPECT_TRUE(may_start(seconds(1)));
}

TEST_F(RecoveryTest, SaysHowLongAndWhatToDo) {
  crash(Recovery::kFreeFailures + 3);
  const auto refused = recovery_.may_start("m", "model", now_ + seconds(1));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kUnavailable);
  EXPECT_THAT(refused.error().message, testing::HasSubstr("failed 13 times"));
  EXPECT_THAT(refused.error().message, testing::HasSubstr("for 3 s; `hearth load model`"));
}

TEST_F(RecoveryTest, OldCrashesAreForgottenAndSoAreForgivenOnes) {
  crash(20);
  EXPECT_TRUE(may_start(Recovery::kMemory + seconds(1)));
  crash(1);
  EXPECT_TRUE(may_start());
  crash(20);
  recovery_.forgive("m");
  EXPECT_TRUE(may_start());
}

TEST_F(RecoveryTest, OneModelsCrashesAreNotAnothers) {
  crash(20);
  EXPECT_TRUE(recovery_.may_start("other", "other", now_).has_value());
}

}  // namespace
}  // namespace hearth::fleet
