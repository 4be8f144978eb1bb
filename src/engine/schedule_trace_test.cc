#include "engine/schedule_trace.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine {
namespace {

Candidate some_candidate() {
  Candidate one;
  one.decoding = *rc::gen::arbitrary<bool>();
  one.tokens_pending = one.decoding ? 1 : *rc::gen::inRange(0U, 2000U);
  one.reader_ready = *rc::gen::arbitrary<bool>();
  one.computed = *rc::gen::inRange(0U, 100'000U);
  one.last_step = *rc::gen::arbitrary<std::uint64_t>();
  one.rank = *rc::gen::inRange(-1'000'000, 1'000'000) / 7.0;
  return one;
}

// A step as the engine makes it.
TracedStep some_step(const CostModel& cost) {
  TracedStep step;
  step.tokens_max = *rc::gen::inRange(1U, 200U);
  step.pace = {*rc::gen::inRange(1, 9000) / 9.0, *rc::gen::arbitrary<bool>()};
  step.candidates = *rc::gen::container<std::vector<Candidate>>(rc::gen::exec(some_candidate));
  step.shares = plan_step(step.candidates, step.tokens_max, cost, step.pace);
  if (*rc::gen::arbitrary<bool>()) step.ms = *rc::gen::inRange(1, 1'000'000) / 997.0;
  return step;
}

RC_GTEST_PROP(ScheduleTrace, WhatWasDecidedIsDecidedAgain, ()) {
  CostModel cost;
  cost.learn(*rc::gen::inRange(1U, 129U), 0, *rc::gen::inRange(1, 1000) / 3.0);
  std::string trace = write_trace_start(cost);
  const auto steps = *rc::gen::inRange<std::size_t>(0, 40);
  for (std::size_t i = 0; i < steps; ++i) {
    const TracedStep step = some_step(cost);
    trace += write_traced_step(step);
    learn_step(cost, step);
  }
  const auto again = replay(trace);
  RC_ASSERT(again.has_value());
  RC_ASSERT(!again->difference.has_value());
  RC_ASSERT(again->steps == steps);
}

RC_GTEST_PROP(ScheduleTrace, NoiseIsNoTrace, (const std::string& noise)) {
  RC_ASSERT(!replay(noise).has_value());
  const auto with_title = replay(write_trace_start({}) + noise);
  RC_ASSERT(noise.empty() || !with_title.has_value());
}

constexpr const char* kTrace =
    "hearth schedule trace 1\n"
    "cost 0 1 20\n"
    "cost 0 128 420\n"
    "step 128 200 0 candidate 1 1 1 371 12 0 candidate 900 0 1 0 0 -31.5 share 0 1 share 1 47"
    " took 160\n"
    "step 128 200 0 candidate 1 1 1 372 13 0 candidate 853 0 0 47 13 -33 share 0 1 failed\n";

std::string changed(const std::string& from, const std::string& to) {
  std::string trace = kTrace;
  return trace.replace(trace.find(from), from.size(), to);
}

TEST(ScheduleTrace, ReplaysByTheWordsOfItsPage) {
  const auto again = replay(kTrace);
  ASSERT_TRUE(again.has_value()) << again.error().to_string();
  EXPECT_FALSE(again->difference.has_value());
  EXPECT_EQ(again->steps, 2U);
}

TEST(ScheduleTrace, TheFirstStepThatIsDecidedOtherwiseIsFound) {
  const auto share = replay(changed("share 1 47", "share 1 46"));
  ASSERT_TRUE(share.has_value() && share->difference.has_value());
  EXPECT_EQ(share->difference->line, 4U);
  EXPECT_EQ(share->difference->recorded, (std::vector<Share>{{0, 1}, {1, 46}}));
  EXPECT_EQ(share->difference->decided, (std::vector<Share>{{0, 1}, {1, 47}}));
  const auto reader = replay(changed("853 0 0", "853 0 1"));
  ASSERT_TRUE(reader.has_value() && reader->difference.has_value());
  EXPECT_EQ(reader->difference->line, 5U);
  EXPECT_EQ(reader->steps, 1U);
  const auto cost = replay(changed("cost 0 128 420", "cost 0 128 42"));
  ASSERT_TRUE(cost.has_value());
  EXPECT_TRUE(cost->difference.has_value());
}

TEST(ScheduleTrace, ALineThatIsNoStepIsCorruptAndNamed) {
  for (const auto& [from, to] :
       std::vector<std::pair<std::string, std::string>>{{"share 0 1 share", "share 7 1 share"},
                                                        {" took 160", ""},
                                                        {" took 160", " took"},
                                                        {" took 160", " took 160 1"},
                                                        {"step 128 200 0", "step 128 200"},
                                                        {"step 128 200 0", "step 128 200 2"},
                                                        {"candidate 900", "candidate"}}) {
    const auto odd = replay(changed(from, to));
    ASSERT_FALSE(odd.has_value()) << from << " → " << to;
    EXPECT_EQ(odd.error().code, Code::kCorrupt);
    EXPECT_NE(odd.error().message.find("line 4 "), std::string::npos) << odd.error().message;
  }
}

}  // namespace
}  // namespace hearth::engine
