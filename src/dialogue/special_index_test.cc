#include "dialogue/special_index.h"

#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "dialogue/text_edges.h"

namespace hearth::dialogue {
namespace {

TEST(SpecialIndex, FindsTheLongestOneAtTheFront) {
  const SpecialIndex index({"<a>", "<a>b", "[", ""});
  EXPECT_EQ(index.size_at_front("<a>bc"), 4U);
  EXPECT_EQ(index.size_at_front("<a>c"), 3U);
  EXPECT_EQ(index.size_at_front("[x"), 1U);
  EXPECT_EQ(index.size_at_front("x<a>"), 0U);
  EXPECT_EQ(index.next("x < y <b <a", 0), 9U);
  EXPECT_EQ(index.next("x [", 0), 2U);
  EXPECT_EQ(index.next("x", 0), std::string_view::npos);
}

TEST(SpecialIndex, OfNothingFindsNothing) {
  const SpecialIndex index({});
  EXPECT_TRUE(index.empty());
  EXPECT_EQ(index.next("<a>", 0), std::string_view::npos);
  EXPECT_EQ(index.continued_at_begin("<a>"), 0U);
  EXPECT_EQ(index.unfinished_at_end("<a>"), 0U);
}

RC_GTEST_PROP(SpecialIndex, FindsTheEdgesThatEachOneHas, ()) {
  const auto text = rc::gen::container<std::string>(rc::gen::elementOf(std::string("<|a>")));
  const std::vector<std::string> specials = *rc::gen::container<std::vector<std::string>>(text);
  const std::string all = *text;
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t front = 0;
  for (const std::string& special : specials) {
    begin = std::max(begin, continued_at_begin(all, special));
    end = std::max(end, unfinished_at_end(all, special));
    if (all.starts_with(special)) front = std::max(front, special.size());
  }
  const SpecialIndex index(specials);
  RC_ASSERT(index.continued_at_begin(all) == begin);
  RC_ASSERT(index.unfinished_at_end(all) == end);
  RC_ASSERT(index.size_at_front(all) == front);
}

}  // namespace
}  // namespace hearth::dialogue
