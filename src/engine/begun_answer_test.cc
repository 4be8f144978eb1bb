#include "engine/begun_answer.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(DocumentBegun, IsReadOverItsBlanks) {
  EXPECT_EQ(without_blanks("{\n  \"city\" : \"Pa ris\",\t\"n\": [1, -2.5"),
            R"({"city":"Pa ris","n":[1,-2.5)");
  EXPECT_EQ(without_blanks("{ "), "{");
  EXPECT_EQ(without_blanks(R"({ "a\\" : "b \" c)"), R"({"a\\":"b \" c)");
  EXPECT_EQ(without_blanks(""), "");
}

TEST(DocumentBegun, IsNoneWhereABlankDividesWords) {
  EXPECT_EQ(without_blanks("[4 2"), std::nullopt);
  EXPECT_EQ(without_blanks("tr ue"), std::nullopt);
  EXPECT_EQ(without_blanks("[- 2"), std::nullopt);
}

}  // namespace
}  // namespace hearth::engine
