#include "train/lesson/pair.h"

#include <gmock/gmock.h>

namespace hearth::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(Pair, HasAQueryADocumentAndWhatElseTheLineSays) {
  const auto least = read_pair(R"({"query":"a","document":"b"})");
  ASSERT_TRUE(least) << least.error().message;
  EXPECT_EQ(least->query, "a");
  EXPECT_EQ(least->document, "b");
  EXPECT_THAT(least->near_misses, IsEmpty());
  EXPECT_EQ(least->about, "b") << "the document, where nothing else is said";

  const auto all = read_pair(R"({"query":"a","document":"b","not":["c","d"],"about":"e"})");
  ASSERT_TRUE(all) << all.error().message;
  EXPECT_THAT(all->near_misses, ElementsAre("c", "d"));
  EXPECT_EQ(all->about, "e");
}

TEST(Pair, RefusesByNameWhatItCannotRead) {
  std::string many = R"({"query":"a","document":"b","not":["c")";
  for (std::size_t i = 0; i < kNearMissesMax; ++i)
    many += R"(,"c")";
  const std::pair<std::string, const char*> wrong[] = {
      {R"({"document":"b"})", "query"},
      {R"({"query":"a"})", "document"},
      {R"({"query":"","document":"b"})", "query must not be empty"},
      {R"({"query":"a","document":7})", "document must be"},
      {R"({"query":"a","document":"b","not":"c"})", "not must be"},
      {R"({"query":"a","document":"b","not":["c",""]})", "not[1] must not be empty"},
      {R"({"query":"a","document":"b","nott":["c"]})", "nott is not known"},
      {many + "]}", "not may have 64 texts at most"},
      {"[]", "must be"},
      {"{", ""},
  };
  for (const auto& [line, message] : wrong) {
    const auto pair = read_pair(line);
    ASSERT_FALSE(pair) << line;
    EXPECT_EQ(pair.error().code, Code::kInvalidArgument) << line;
    EXPECT_THAT(pair.error().message, HasSubstr(message)) << line;
  }
}

}  // namespace
}  // namespace hearth::train
