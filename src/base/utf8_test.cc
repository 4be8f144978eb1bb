#include "base/utf8.h"

#include <gtest/gtest.h>

namespace hearth::base {
namespace {

TEST(Utf8, AcceptsEveryLengthOfCharacter) {
  EXPECT_TRUE(is_utf8(""));
  EXPECT_TRUE(is_utf8("a\xC3\xA9\xE2\x82\xAC\xF0\x9F\x94\xA5"));
}

TEST(Utf8, RefusesOverlongSurrogateAndTooLarge) {
  EXPECT_EQ(find_invalid_utf8("a\xC0\x80"), 1U);
  EXPECT_EQ(find_invalid_utf8("\xE0\x80\x80"), 0U);
  EXPECT_EQ(find_invalid_utf8("\xED\xA0\x80"), 0U);
  EXPECT_EQ(find_invalid_utf8("\xF4\x90\x80\x80"), 0U);
  EXPECT_EQ(find_invalid_utf8("ok\xFF"), 2U);
}

TEST(Utf8, FindsTheUnfinishedCharacterAtTheEnd) {
  EXPECT_EQ(unfinished_utf8_suffix("a"), 0U);
  EXPECT_EQ(unfinished_utf8_suffix("a\xE2"), 1U);
  EXPECT_EQ(unfinished_utf8_suffix("a\xE2\x82"), 2U);
  EXPECT_EQ(unfinished_utf8_suffix("a\xE2\x82\xAC"), 0U);
  EXPECT_EQ(unfinished_utf8_suffix("\xF0\x9F\x94"), 3U);
  EXPECT_EQ(unfinished_utf8_suffix("a\xE2\x28"), 0U);
  EXPECT_EQ(unfinished_utf8_suffix("a\x80"), 0U);
}

TEST(Utf8, RepairsWithOneReplacementPerBrokenPiece) {
  EXPECT_EQ(repair_utf8("a\xFF"
                        "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(repair_utf8("a\xE2\x82"), "a\xEF\xBF\xBD");
  EXPECT_EQ(repair_utf8("plain"), "plain");
}

}  // namespace
}  // namespace hearth::base
