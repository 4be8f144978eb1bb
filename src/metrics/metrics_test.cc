#include <algorithm>
#include <cmath>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "metrics/registry.h"

namespace hearth::metrics {
namespace {

using ::testing::HasSubstr;

TEST(Histogram, TellsNothingBeforeTheFirstNumber) {
  const Histogram histogram;
  const HistogramSnapshot shot = histogram.snapshot();
  EXPECT_EQ(shot.count, 0U);
  EXPECT_EQ(shot.percentile(0.5), 0);
}

TEST(Histogram, PercentilesAreWithinAThirtySecondOfTheTruth) {
  EXPECT_TRUE(rc::check("for any numbers over nine decades", [] {
    const auto exponents =
        *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(rc::gen::inRange(-5000, 5000)));
    Histogram histogram;
    std::vector<double> values;
    for (const int exponent : exponents) {
      values.push_back(std::pow(10.0, exponent / 1000.0));
      histogram.record(values.back());
    }
    std::sort(values.begin(), values.end());
    const HistogramSnapshot shot = histogram.snapshot();
    RC_ASSERT(shot.count == values.size());
    for (const double q : {0.0, 0.1, 0.5, 0.9, 0.95, 0.99, 1.0}) {
      const auto rank = static_cast<std::size_t>(std::max(1.0, std::ceil(q * values.size())));
      const double truth = values[rank - 1];
      RC_ASSERT(std::abs(shot.percentile(q) - truth) <= truth / 32);
    }
  }));
}

TEST(Histogram, ABoundBelongsToTheBucketItCloses) {
  Histogram histogram;
  for (const double value : {0.5, 1.0, 1.0000001, 2.0, 4.5})
    histogram.record(value);
  const HistogramSnapshot shot = histogram.snapshot();
  EXPECT_EQ(shot.count_up_to_power(-1), 1U);
  EXPECT_EQ(shot.count_up_to_power(0), 2U);
  EXPECT_EQ(shot.count_up_to_power(1), 4U);
  EXPECT_EQ(shot.count_up_to_power(3), 5U);
}

TEST(Histogram, CountsWhatIsOutOfRangeAtTheEnds) {
  Histogram histogram;
  for (const double value : {0.0, -3.0, std::nan(""), 1e-9, 1e12, HUGE_VAL}) {
    histogram.record(value);
  }
  const HistogramSnapshot shot = histogram.snapshot();
  EXPECT_EQ(shot.count, 6U);
  EXPECT_EQ(shot.least, 0);
  EXPECT_EQ(shot.buckets.front(), 5U);
  EXPECT_EQ(shot.buckets.back(), 1U);
  EXPECT_DOUBLE_EQ(shot.sum, 1e12 + 1e-9);
}

TEST(Histogram, LosesNothingBetweenThreads) {
  Histogram histogram;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&histogram] {
      for (int i = 1; i <= 10'000; ++i)
        histogram.record(i);
    });
  }
  for (std::thread& thread : threads)
    thread.join();
  const HistogramSnapshot shot = histogram.snapshot();
  EXPECT_EQ(shot.count, 40'000U);
  EXPECT_DOUBLE_EQ(shot.sum, 4 * 50'005'000.0);
  EXPECT_EQ(shot.least, 1);
  EXPECT_EQ(shot.most, 10'000);
}

TEST(Registry, TheSameNameAndLabelsAreOneInstrument) {
  Registry registry;
  registry.counter({"hearth_a_total", "a"}, {{"x", "1"}, {"y", "2"}}).add(3);
  EXPECT_EQ(registry.counter({"hearth_a_total", "a"}, {{"y", "2"}, {"x", "1"}}).value(), 3U);
  EXPECT_EQ(registry.counter({"hearth_a_total", "a"}, {{"x", "1"}}).value(), 0U);
}

TEST(Registry, WritesWhatAScraperReads) {
  Registry registry;
  registry.gauge({"hearth_open", "Open\nstreams \\ now"}).set(2.5);
  registry.counter({"hearth_replies_total", "Replies"}, {{"route", "a\"b\\c\nd"}}).add(7);
  registry.histogram({"hearth_wait_seconds", "Wait"}, {}, {-1, 1}).record(0.75);
  EXPECT_EQ(registry.text(),
            "# HELP hearth_open Open\\nstreams \\\\ now\n"
            "# TYPE hearth_open gauge\n"
            "hearth_open 2.5\n"
            "# HELP hearth_replies_total Replies\n"
            "# TYPE hearth_replies_total counter\n"
            "hearth_replies_total{route=\"a\\\"b\\\\c\\nd\"} 7\n"
            "# HELP hearth_wait_seconds Wait\n"
            "# TYPE hearth_wait_seconds histogram\n"
            "hearth_wait_seconds_bucket{le=\"0.5\"} 0\n"
            "hearth_wait_seconds_bucket{le=\"1\"} 1\n"
            "hearth_wait_seconds_bucket{le=\"2\"} 1\n"
            "hearth_wait_seconds_bucket{le=\"+Inf\"} 1\n"
            "hearth_wait_seconds_sum 0.75\n"
            "hearth_wait_seconds_count 1\n");
}

TEST(Exposition, ShowsMillisecondsAsSeconds) {
  Histogram histogram;
  histogram.record(3);
  histogram.record(700);
  Exposition text;
  text.begin({"hearth_step_seconds", "Steps"}, Exposition::Kind::kHistogram);
  text.histogram({{"model", "m"}}, histogram.snapshot(), {9, 10, 1000});
  text.histogram({{"model", "unused"}}, {}, {10, 10, 1000});
  EXPECT_EQ(text.take(),
            "# HELP hearth_step_seconds Steps\n"
            "# TYPE hearth_step_seconds histogram\n"
            "hearth_step_seconds_bucket{model=\"m\",le=\"0.512\"} 1\n"
            "hearth_step_seconds_bucket{model=\"m\",le=\"1.024\"} 2\n"
            "hearth_step_seconds_bucket{model=\"m\",le=\"+Inf\"} 2\n"
            "hearth_step_seconds_sum{model=\"m\"} 0.703\n"
            "hearth_step_seconds_count{model=\"m\"} 2\n"
            "hearth_step_seconds_bucket{model=\"unused\",le=\"1.024\"} 0\n"
            "hearth_step_seconds_bucket{model=\"unused\",le=\"+Inf\"} 0\n"
            "hearth_step_seconds_sum{model=\"unused\"} 0\n"
            "hearth_step_seconds_count{model=\"unused\"} 0\n");
}

TEST(Registry, LabelsThatAClientInventsDoNotFillTheMemory) {
  Registry registry;
  for (std::size_t i = 0; i < 10 * kSeriesMax; ++i) {
    registry.counter({"hearth_b_total", "b"}, {{"model", std::to_string(i)}}).add();
  }
  const std::string text = registry.text();
  EXPECT_LE(std::count(text.begin(), text.end(), '\n'), static_cast<long>(kSeriesMax) + 3);
  EXPECT_THAT(text, HasSubstr("{model=\"other\"} 1800\n"));
}

}  // namespace
}  // namespace hearth::metrics
