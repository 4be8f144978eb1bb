#include "tool/workspace_path.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::tool {
namespace {

using ::testing::HasSubstr;

std::string plain(std::string_view path, std::string_view workspace = "/srv/work") {
  const auto names = names_of_path(path, workspace);
  return names ? path_of_names(*names) : "refused: " + names.error().message;
}

TEST(WorkspacePath, IsRelativeAndPlain) {
  EXPECT_EQ(plain("a/b.txt"), "a/b.txt");
  EXPECT_EQ(plain("./a//b/./c/"), "a/b/c");
  EXPECT_EQ(plain("."), ".");
  EXPECT_EQ(plain(""), ".");
  EXPECT_EQ(plain("..a/b.."), "..a/b..");
  EXPECT_EQ(plain("/srv/work/a"), "a");
  EXPECT_EQ(plain("/srv/work"), ".");
}

TEST(WorkspacePath, DoesNotLeadOut) {
  for (const char* path : {"..", "../a", "a/../../b", "a/..", "./..", "/srv/work/../x"})
    EXPECT_THAT(plain(path), HasSubstr("'..'")) << path;
  for (const char* path : {"/", "/etc/passwd", "/srv/workshop/a", "//a"})
    EXPECT_THAT(plain(path), HasSubstr("relative to the workspace")) << path;
  EXPECT_THAT(plain("/a", ""), HasSubstr("relative"));
  EXPECT_THAT(plain(std::string_view("a\0b", 3)), HasSubstr("control characters"));
  EXPECT_THAT(plain("a\xff"), HasSubstr("text"));
  EXPECT_THAT(plain(std::string(kPathBytesMax + 1, 'a')), HasSubstr("bytes"));
  std::string deep;
  for (std::size_t i = 0; i <= kPathDepthMax; ++i)
    deep += "a/";
  EXPECT_THAT(plain(deep), HasSubstr("deeper"));
}

TEST(WorkspacePath, MatchesPatterns) {
  EXPECT_TRUE(matches_path("*.txt", "a.txt"));
  EXPECT_FALSE(matches_path("*.txt", "b/a.txt"));
  EXPECT_TRUE(matches_path("**/*.txt", "a.txt"));
  EXPECT_TRUE(matches_path("**/*.txt", "b/c/a.txt"));
  EXPECT_TRUE(matches_path("out/**", "out"));
  EXPECT_TRUE(matches_path("out/**", "out/a/b"));
  EXPECT_FALSE(matches_path("out/**", "outer/a"));
  EXPECT_TRUE(matches_path("a?c/*d*", "abc/xdx"));
  EXPECT_FALSE(matches_path("a?c", "ac"));
  EXPECT_TRUE(matches_path("**", "."));
  EXPECT_FALSE(matches_path("secret", "secret/a"));
}

TEST(WorkspacePath, MatchingIsNotExponential) {
  std::string pattern;
  for (int i = 0; i < 100; ++i)
    pattern += "*a";
  EXPECT_FALSE(matches_path(pattern, std::string(1000, 'a') + "b"));
}

}  // namespace
}  // namespace hearth::tool
