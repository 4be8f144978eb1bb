#include "fleet/pressure/heat.h"

#include <chrono>
#include <vector>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace hearth::fleet {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::int64_t kPassive = 90'000;
constexpr std::int64_t kCritical = 105'000;
constexpr std::int64_t kCool = 60'000;
constexpr std::int64_t kHotNow = 89'000;
constexpr std::int64_t kMild = 85'000;
constexpr std::int64_t kCriticalNow = 101'000;

process::HeatReading at(std::int64_t temperature, std::uint64_t throttled = 0) {
  return {{{"package", temperature, kPassive, kCritical}}, throttled};
}

class HeatGaugeTest : public ::testing::Test {
 protected:
  // The same for so long, looked at every ten seconds.
  Heat stay(const process::HeatReading& reading, base::Duration time) {
    const base::TimePoint end = now_ + time;
    while (now_ < end) {
      now_ += seconds(10);
      gauge_.note(reading, now_);
    }
    return gauge_.heat();
  }

  HeatGauge gauge_;
  base::TimePoint now_{};
};

TEST_F(HeatGaugeTest, AHotMachineComputesWithFewerThreadsStepByStep) {
  EXPECT_EQ(gauge_.threads(8), 8U);
  EXPECT_EQ(stay(at(kHotNow), seconds(10)), Heat::kHot);
  EXPECT_EQ(gauge_.threads(8), 6U);
  EXPECT_EQ(gauge_.threads(2), 1U);
  stay(at(kHotNow), seconds(10));
  EXPECT_EQ(gauge_.threads(8), 4U);
  stay(at(kHotNow), minutes(5));
  EXPECT_EQ(gauge_.threads(8), 1U);
  EXPECT_EQ(gauge_.threads(1), 1U);
  EXPECT_EQ(gauge_.threads(0), 0U) << "that nobody knows";
}

TEST_F(HeatGaugeTest, ThreadsComeBackOneByOneAfterACalm) {
  stay(at(kHotNow), seconds(20));
  stay(at(kMild), minutes(30));
  EXPECT_EQ(gauge_.threads(8), 4U) << "not cool yet";
  stay(at(kCool), HeatGauge::kCalmLeast);
  EXPECT_EQ(gauge_.threads(8), 4U);
  stay(at(kCool), seconds(10));
  EXPECT_EQ(gauge_.threads(8), 6U);
  EXPECT_EQ(stay(at(kCool), HeatGauge::kCalmLeast + seconds(10)), Heat::kNone);
}

TEST_F(HeatGaugeTest, ACriticalTemperatureTakesAllStepsAtOnce) {
  EXPECT_EQ(stay(at(kCriticalNow), seconds(10)), Heat::kCritical);
  EXPECT_EQ(gauge_.threads(8), 1U);
  EXPECT_EQ(stay(at(kHotNow), seconds(10)), Heat::kCritical) << "it is still hot";
  EXPECT_EQ(stay(at(kMild), seconds(10)), Heat::kHot);
}

TEST_F(HeatGaugeTest, AProcessorThatWasSlowedDownIsHotWhateverItsSensorsSay) {
  EXPECT_EQ(stay(at(kCool, 100), seconds(30)), Heat::kNone) << "that was before";
  EXPECT_EQ(stay(at(kCool, 101), seconds(10)), Heat::kHot);
  EXPECT_EQ(stay({{}, 101}, minutes(2)), Heat::kNone);
}

TEST_F(HeatGaugeTest, AZoneWithoutTripPointsTellsNothing) {
  EXPECT_EQ(stay({{{"battery", 120'000, {}, {}}}, 0}, minutes(1)), Heat::kNone);
  EXPECT_EQ(stay({{{"cpu", 91'000, {}, kCritical}}, 0}, minutes(1)), Heat::kHot);
}

// A machine whose temperature follows the threads that compute, with some of its own.
struct Machine {
  double temperature = 50;
  double room = 30;        // °C, without work
  double per_thread = 10;  // °C, in the long run
  double slowness = 6;     // looks until it has followed to two thirds

  process::HeatReading look(std::uint32_t threads) {
    const double aim = room + per_thread * threads;
    temperature += (aim - temperature) / slowness;
    return at(static_cast<std::int64_t>(temperature * 1000));
  }
};

RC_GTEST_PROP(HeatGauge, ItDoesNotSwing, ()) {
  Machine machine;
  machine.per_thread = *rc::gen::inRange(2, 20);
  machine.room = *rc::gen::inRange(10, 50);
  machine.slowness = *rc::gen::inRange(1, 60);
  constexpr std::uint32_t kThreads = 8;
  constexpr int kLooks = 6 * 60 * 24;  // a day
  HeatGauge gauge;
  base::TimePoint now{};
  int changes = 0;
  std::uint32_t before = kThreads;
  for (int i = 0; i < kLooks; ++i) {
    now += seconds(10);
    gauge.note(machine.look(before), now);
    const std::uint32_t threads = gauge.threads(kThreads);
    RC_ASSERT(threads >= 1U && threads <= kThreads);
    if (i > kLooks / 24 && threads != before) ++changes;
    before = threads;
  }
  // After the first hour at most one try each half of an hour, up and down again.
  RC_ASSERT(changes <= 23 * 2 * 2 + 4);
}

}  // namespace
}  // namespace hearth::fleet
