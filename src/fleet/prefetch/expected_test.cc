#include "fleet/prefetch/expected.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

class ExpectedTest : public ::testing::Test {
 protected:
  void expect(const std::vector<std::string>& keys) {
    std::vector<ExpectedModel> models;
    for (const std::string& key : keys)
      models.push_back({{key, "/" + key}, key});
    expected_.expect(std::move(models));
  }
  std::string reading() {
    const auto next = expected_.next_to_read();
    return next ? next->key : "";
  }

  ExpectedModels expected_;
};

TEST_F(ExpectedTest, OneIsReadAtATimeAndIsReadyThen) {
  expect({"a", "b"});
  EXPECT_EQ(reading(), "a");
  EXPECT_EQ(reading(), "") << "it is being read";
  EXPECT_FALSE(expected_.ready());
  EXPECT_TRUE(expected_.was_read("a", 5, Claim{.name = "a", .bytes = 7}));
  EXPECT_EQ(reading(), "") << "and the next only when this one has come";
  ASSERT_TRUE(expected_.ready());
  EXPECT_EQ(expected_.ready()->claim->bytes, 7U);
  expected_.came("a");
  EXPECT_EQ(reading(), "b");
}

TEST_F(ExpectedTest, WhoComesTakesThoseBeforeItAlong) {
  expect({"a", "b", "c"});
  EXPECT_FALSE(expected_.came("x"));
  EXPECT_EQ(expected_.models().size(), 3U);
  EXPECT_EQ(reading(), "a");
  EXPECT_TRUE(expected_.came("b"));
  EXPECT_FALSE(expected_.was_read("a", 5, Claim{})) << "it is expected no more";
  EXPECT_EQ(reading(), "c");
}

TEST_F(ExpectedTest, WhatCannotBeLoadedIsNotWaitedFor) {
  expect({"a", "b"});
  EXPECT_EQ(reading(), "a");
  EXPECT_TRUE(expected_.was_read("a", 0, std::nullopt));
  EXPECT_EQ(reading(), "b");
}

TEST_F(ExpectedTest, NewExpectationsTakeThePlaceOfOldOnes) {
  expect({"a"});
  EXPECT_EQ(reading(), "a");
  expect({"b"});
  EXPECT_EQ(reading(), "b");
  expect(std::vector<std::string>(kExpectedMax + 1, "c"));
  EXPECT_EQ(expected_.models().size(), kExpectedMax);
}

TEST(ReadAhead, LeavesWhatIsInUseAlone) {
  EXPECT_EQ(read_ahead_bytes(100, 40), 30U);
  EXPECT_EQ(read_ahead_bytes(100, 200), 0U);
  EXPECT_EQ(read_ahead_bytes(0, 0), 0U) << "nobody knows";
}

}  // namespace
}  // namespace hearth::fleet
