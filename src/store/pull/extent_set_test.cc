#include "store/pull/extent_set.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

namespace hearth::store {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(ExtentSet, ExtentsThatTouchAreOne) {
  ExtentSet set;
  set.add({10, 20});
  set.add({30, 40});
  EXPECT_EQ(set.prefix(), 0U);
  EXPECT_EQ(set.first_gap(50), (Extent{0, 10}));
  set.add({20, 30});
  EXPECT_THAT(set.extents(), ElementsAre(Extent{10, 40}));
  set.add({0, 12});
  EXPECT_EQ(set.prefix(), 40U);
  EXPECT_EQ(set.total(), 40U);
  EXPECT_EQ(set.first_gap(50), (Extent{40, 50}));
  EXPECT_TRUE(set.first_gap(40).empty());
  EXPECT_TRUE(set.first_gap(39).empty());
}

TEST(ExtentSet, AnEmptyExtentIsNothing) {
  ExtentSet set;
  set.add({5, 5});
  EXPECT_THAT(set.extents(), IsEmpty());
}

TEST(ExtentSet, SaysWhatASetOfBytesSays) {
  constexpr std::uint64_t kSize = 40;
  EXPECT_TRUE(rc::check("any extents in any order", [] {
    const auto ends = rc::gen::inRange<std::uint64_t>(0, kSize + 1);
    const auto pairs = *rc::gen::container<std::vector<std::pair<std::uint64_t, std::uint64_t>>>(
        rc::gen::pair(ends, ends));
    ExtentSet set;
    ExtentSet other;
    std::vector<bool> bytes(kSize);
    std::vector<bool> others(kSize);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
      const Extent extent{pairs[i].first, pairs[i].second};
      (i % 3 == 2 ? other : set).add(extent);
      for (std::uint64_t at = extent.begin; at < extent.end; ++at)
        (i % 3 == 2 ? others : bytes)[at] = true;
    }
    RC_ASSERT(set.total() ==
              static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), true)));
    const auto gap = std::find(bytes.begin(), bytes.end(), false);
    RC_ASSERT(set.prefix() == static_cast<std::uint64_t>(gap - bytes.begin()));
    RC_ASSERT(set.first_gap(kSize).begin == set.prefix());
    RC_ASSERT(set.first_gap(kSize).end ==
              static_cast<std::uint64_t>(std::find(gap, bytes.end(), true) - bytes.begin()));
    std::vector<bool> left(kSize);
    for (const Extent& extent : set.without(other)) {
      RC_ASSERT(!extent.empty());
      for (std::uint64_t at = extent.begin; at < extent.end; ++at)
        left[at] = true;
    }
    for (std::size_t at = 0; at < kSize; ++at)
      RC_ASSERT(left[at] == (bytes[at] && !others[at]));
  }));
}

}  // namespace
}  // namespace hearth::store
