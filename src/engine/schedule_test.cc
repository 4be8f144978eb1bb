#include "engine/schedule.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(Schedule, DecodingSequencesComeBeforePrompts) {
  const std::vector<Candidate> candidates = {{500, false}, {1, true}, {1, true}};
  const std::vector<Share> expected = {{1, 1}, {2, 1}, {0, 126}};
  EXPECT_EQ(plan_step(candidates, 128), expected);
}

TEST(Schedule, TheOldestPromptIsFinishedFirst) {
  const std::vector<Candidate> candidates = {{100, false}, {100, false}};
  const std::vector<Share> expected = {{0, 100}, {1, 28}};
  EXPECT_EQ(plan_step(candidates, 128), expected);
}

TEST(Schedule, ASequenceWhoseReaderIsBehindWaits) {
  const std::vector<Candidate> candidates = {{1, true, false}, {10, false, false}, {1, true}};
  const std::vector<Share> expected = {{2, 1}};
  EXPECT_EQ(plan_step(candidates, 128), expected);
}

TEST(Schedule, NothingToDoIsAnEmptyStep) {
  EXPECT_TRUE(plan_step({}, 128).empty());
}

}  // namespace
}  // namespace hearth::engine
