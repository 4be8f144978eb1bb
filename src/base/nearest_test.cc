#include "base/nearest.h"

#include <array>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::base {
namespace {

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(edit_distance("port", "port"), 0U);
  EXPECT_EQ(edit_distance("prt", "port"), 1U);
  EXPECT_EQ(edit_distance("ports", "port"), 1U);
  EXPECT_EQ(edit_distance("part", "port"), 1U);
  EXPECT_EQ(edit_distance("prot", "port"), 1U);
  EXPECT_EQ(edit_distance("", "port"), 4U);
}

RC_GTEST_PROP(EditDistance, IsSymmetricAndBounded, (const std::string& a, const std::string& b)) {
  const std::size_t distance = edit_distance(a, b);
  RC_ASSERT(distance == edit_distance(b, a));
  RC_ASSERT(distance <= std::max(a.size(), b.size()));
  RC_ASSERT((distance == 0) == (a.substr(0, kNearestBytesMax) == b.substr(0, kNearestBytesMax)));
}

TEST(Nearest, PicksTheSmallestDistanceAndTheFirstOnATie) {
  const std::array<std::string_view, 3> names{"list", "stop", "step"};
  EXPECT_EQ(nearest("lsit", names), "list");
  EXPECT_EQ(nearest("st?p", names), "stop");
  EXPECT_EQ(nearest("x", {}), "");
  EXPECT_EQ(nearest("dance", names), "") << "nobody who writes this means any of them";
}

}  // namespace
}  // namespace hearth::base
