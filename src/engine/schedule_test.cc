#include "engine/schedule.h"

#include <algorithm>
#include <deque>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine {
namespace {

Candidate prompt(std::uint32_t tokens, double rank = 0, std::uint32_t computed = 0) {
  return {.tokens_pending = tokens, .computed = computed, .rank = rank};
}
Candidate writer(std::uint64_t last_step = 0, std::uint32_t computed = 0) {
  return {.tokens_pending = 1, .decoding = true, .computed = computed, .last_step = last_step};
}

// A machine on which a step takes 10 ms and 4 ms for each token.
CostModel steady_machine() {
  CostModel cost;
  for (const std::uint32_t tokens : {1U, 2U, 4U, 8U, 16U, 32U, 48U, 64U, 96U, 128U})
    cost.learn(tokens, 0, 10 + 4.0 * tokens);
  return cost;
}

std::vector<Share> plan(const std::vector<Candidate>& candidates, const Pace& pace = {}) {
  return plan_step(candidates, 128, steady_machine(), pace);
}

TEST(Schedule, WhoWritesComesBeforePrompts) {
  const std::vector<Share> expected = {{1, 1}, {2, 1}, {0, 30}};
  EXPECT_EQ(plan({prompt(500), writer(), writer()}), expected);
}

TEST(Schedule, PromptsAloneGetTheWholeStep) {
  const std::vector<Share> expected = {{0, 100}, {1, 28}};
  EXPECT_EQ(plan({prompt(100), prompt(100)}), expected);
}

TEST(Schedule, TheLowestRankGoesFirst) {
  const std::vector<Share> expected = {{1, 100}, {0, 28}};
  EXPECT_EQ(plan({prompt(100, 5), prompt(100, -5)}), expected);
}

TEST(Schedule, ASequenceWhoseReaderIsBehindWaits) {
  std::vector<Candidate> candidates = {writer(), prompt(10), writer()};
  candidates[0].reader_ready = candidates[1].reader_ready = false;
  const std::vector<Share> expected = {{2, 1}};
  EXPECT_EQ(plan(candidates), expected);
}

TEST(Schedule, NothingToDoIsAnEmptyStep) {
  EXPECT_TRUE(plan({}).empty());
}

TEST(Schedule, WhenWritersAreManyThoseThatWaitedLongestGoFirst) {
  std::vector<Candidate> candidates;
  for (std::uint64_t i = 0; i < 200; ++i)
    candidates.push_back(writer(200 - i));
  const auto shares = plan(candidates);
  ASSERT_EQ(shares.size(), 128U);
  EXPECT_EQ(shares.front().candidate, 199U);
  EXPECT_EQ(shares.back().candidate, 72U);
  candidates.push_back(prompt(1000));
  EXPECT_EQ(plan(candidates).back(), (Share{200, 42})) << "a third stays for prompts";
}

TEST(Pace, BesideOthersAStepIsNoLongerThanTheirGapAndNotTooSmallToComputeWell) {
  const CostModel cost = steady_machine();
  EXPECT_EQ(tokens_beside_others(0, cost, {.gap_ms = 600}), 128U);
  EXPECT_EQ(tokens_beside_others(0, cost, {.gap_ms = 280}), 64U);
  EXPECT_EQ(tokens_beside_others(0, cost, {.gap_ms = 1}), kEfficientStep);
  EXPECT_EQ(tokens_beside_others(0, CostModel(), {.gap_ms = 1}), 128U) << "nothing is known";
}

TEST(Pace, TheLargestChunkThatKeepsTheGapIsTaken) {
  const CostModel cost = steady_machine();
  EXPECT_EQ(prefill_budget(1, 0, 128, cost, {.gap_ms = 600}), 127U);
  EXPECT_EQ(prefill_budget(1, 0, 128, cost, {.gap_ms = 280}), 63U);
  EXPECT_EQ(prefill_budget(1, 0, 128, cost, {.gap_ms = 150}), 31U);
}

TEST(Pace, WhereNoChunkKeepsItPromptsStillGetOn) {
  const CostModel cost = steady_machine();
  EXPECT_EQ(prefill_budget(1, 0, 128, cost, {.gap_ms = 1}), kEfficientStep - 1);
  EXPECT_EQ(prefill_budget(1, 0, 128, cost, {.gap_ms = 1, .strict = true}), kSmallestStep - 1);
  EXPECT_EQ(prefill_budget(120, 0, 128, cost, {.gap_ms = 1}), 8U) << "what is left of the step";
}

TEST(Pace, ALargerChunkIsTakenWhereSmallOnesAreSlow) {
  CostModel cost;  // as measured at a depth of 3,000: 64 tokens take less than 48
  cost.learn(1, 3000, 30);
  cost.learn(32, 3000, 530);
  cost.learn(48, 3000, 800);
  cost.learn(64, 3000, 580);
  EXPECT_EQ(prefill_budget(1, 3000, 128, cost, {.gap_ms = 700}), 63U);
}

// As measured at a depth of 3,000, too, where no efficient step keeps 200 ms.
TEST(Pace, AStepThatKeepsTheGapButHardlyGetsOnIsNotTakenUnlessItMust) {
  CostModel cost;
  cost.learn(1, 3000, 30);
  cost.learn(16, 3000, 190);
  cost.learn(64, 3000, 400);
  EXPECT_EQ(prefill_budget(1, 3000, 128, cost, {.gap_ms = 200}), 63U);
  EXPECT_EQ(prefill_budget(1, 3000, 128, cost, {.gap_ms = 200, .strict = true}), 15U);
}

TEST(Rank, AShortPromptGoesFirstUntilALongOneHasWaited) {
  EXPECT_LT(rank_of({.tokens_left = 100}), rank_of({.tokens_left = 3000}));
  EXPECT_GT(rank_of({.tokens_left = 100}), rank_of({.tokens_left = 3000, .waited_s = 30}));
  EXPECT_LT(rank_of({.tokens_left = 3000, .priority = 2}), rank_of({.tokens_left = 100}));
  EXPECT_LT(rank_of({.tokens_left = 3000}), rank_of({.tokens_left = 100, .client_tokens = 5000}));
}

// What a planned step may be, whatever it is planned from.
RC_GTEST_PROP(Schedule, NeverPlansMoreThanThereIsAndSkipsNobodyWhoWrites, ()) {
  const auto make = rc::gen::exec([] {
    Candidate one;
    one.decoding = *rc::gen::arbitrary<bool>();
    one.tokens_pending = one.decoding ? 1 : *rc::gen::inRange(0U, 5000U);
    one.reader_ready = *rc::gen::arbitrary<bool>();
    one.computed = *rc::gen::inRange(0U, 100'000U);
    one.last_step = *rc::gen::inRange(0U, 1000U);
    one.rank = *rc::gen::inRange(-10'000, 10'000);
    return one;
  });
  const auto candidates = *rc::gen::container<std::vector<Candidate>>(make);
  const Pace pace{static_cast<double>(*rc::gen::inRange(1, 1000)), *rc::gen::arbitrary<bool>()};
  const auto shares = plan_step(candidates, 128, steady_machine(), pace);
  std::uint32_t sum = 0;
  std::vector<bool> used(candidates.size());
  for (const Share& share : shares) {
    RC_ASSERT(!used[share.candidate]);
    used[share.candidate] = true;
    RC_ASSERT(candidates[share.candidate].reader_ready);
    RC_ASSERT(share.tokens > 0 && share.tokens <= candidates[share.candidate].tokens_pending);
    sum += share.tokens;
  }
  RC_ASSERT(sum <= 128U);
  std::size_t ready = 0;
  std::size_t planned = 0;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const bool writes = candidates[i].decoding && candidates[i].reader_ready;
    ready += writes ? 1 : 0;
    planned += writes && used[i] ? 1 : 0;
  }
  RC_ASSERT(planned == ready || planned >= 86U);
  const bool any = std::any_of(candidates.begin(), candidates.end(), [](const Candidate& one) {
    return one.reader_ready && one.tokens_pending > 0;
  });
  RC_ASSERT(!shares.empty() == any);
}

// Where larger chunks are the more efficient ones, what is learned from nothing ends near the
// largest that keeps the gap, or at one that gets on where none does. A guess that is too dear
// would never be tried.
RC_GTEST_PROP(Pace, FindsAChunkThatKeepsTheGapAndIsNotSmall, ()) {
  const double step_ms = *rc::gen::inRange(1, 60);
  const double token_ms = *rc::gen::inRange(1, 90) / 10.0;
  const Pace pace{.gap_ms = 200, .strict = *rc::gen::arbitrary<bool>()};
  const auto takes = [&](std::uint32_t tokens) { return step_ms + token_ms * tokens; };
  CostModel cost;
  cost.learn(128, 0, takes(128));  // the prompt of whoever writes now
  cost.learn(1, 0, takes(1));
  std::uint32_t chunk = 0;
  for (int step = 0; step < 100; ++step) {
    chunk = prefill_budget(1, 0, 128, cost, pace);
    cost.learn(1 + chunk, 0, takes(1 + chunk));
  }
  const double gap = pace.strict ? pace.gap_ms : std::max(pace.gap_ms, 3 * takes(1));
  const auto largest = static_cast<std::uint32_t>(
      std::clamp((gap - step_ms) / token_ms - 1, kSmallestStep - 1.0, 127.0));
  const bool gets_on = !pace.strict && 1 + chunk == kEfficientStep;
  RC_ASSERT(takes(1 + chunk) <= gap || 1 + chunk == kSmallestStep || gets_on);
  RC_ASSERT(chunk * 2 >= largest);
}

// A long prompt among short ones that never cease to come is served, and so is everybody who
// writes beside them.
RC_GTEST_PROP(Schedule, NobodyStarves, ()) {
  struct Request {
    double arrived_s;
    std::uint32_t left;
    std::uint32_t to_write;
    std::uint64_t last_step = 0;
  };
  const CostModel cost = steady_machine();
  const auto short_tokens = *rc::gen::inRange(1U, 100U);
  const auto long_tokens = *rc::gen::inRange(500U, 2000U);
  const auto writers = *rc::gen::inRange(0, 6);
  std::deque<Request> requests{{0, long_tokens, 1}};
  for (int i = 0; i < writers; ++i)
    requests.push_back({0, 1, 1'000'000});
  double now_s = 0;
  double ahead = 0;  // tokens that came so early that they may go before the long one
  for (std::uint64_t step = 1; requests.front().left > 0; ++step) {
    requests.push_back({now_s, short_tokens, 1});  // more than can be computed
    if (now_s < long_tokens / 100.0) ahead += short_tokens;
    std::vector<Candidate> candidates;
    for (const Request& one : requests) {
      const bool writes = one.left == 0 || one.to_write > 1;
      candidates.push_back({.tokens_pending = writes ? 1 : one.left,
                            .decoding = writes,
                            .last_step = one.last_step,
                            .rank = rank_of({one.left, now_s - one.arrived_s})});
    }
    const auto shares = plan_step(candidates, 128, cost, {});
    std::uint32_t sum = 0;
    for (const Share& share : shares) {
      Request& one = requests[share.candidate];
      sum += share.tokens;
      one.last_step = step;
      one.left -= std::min(one.left, share.tokens);
    }
    for (int i = 1; i <= writers; ++i)
      RC_ASSERT(requests[static_cast<std::size_t>(i)].last_step == step);
    const auto done = [](const Request& one) { return one.left == 0 && one.to_write == 1; };
    requests.erase(std::remove_if(requests.begin() + 1, requests.end(), done), requests.end());
    now_s += cost.predict(sum, 0) / 1000;
    constexpr double kSlowestToken = 0.012;  // seconds, in the smallest chunks
    RC_ASSERT(now_s < long_tokens / 100.0 + (ahead + long_tokens) * kSlowestToken);
  }
}

}  // namespace
}  // namespace hearth::engine
