#include "constraint/pattern/pattern.h"

#include <gmock/gmock.h>

#include "constraint/pattern/code_points.h"
#include "constraint/pattern/string_set.h"

namespace hearth::constraint {
namespace {

using ::testing::HasSubstr;

bool matches(std::string_view pattern, std::string_view string) {
  const Result<Expression> content = content_of_pattern(pattern);
  EXPECT_TRUE(content.has_value()) << pattern << ": " << content.error().message;
  const Result<StringSet> set = set_of(*content);
  EXPECT_TRUE(set.has_value()) << pattern;
  return set->accepts(code_points(string));
}

std::string refusal(std::string_view pattern) {
  const Result<Expression> content = content_of_pattern(pattern);
  return content ? "accepted" : content.error().message;
}

struct Case {
  std::string_view pattern;
  std::vector<std::string_view> in;
  std::vector<std::string_view> out;
};

class PatternMatches : public ::testing::TestWithParam<Case> {};

TEST_P(PatternMatches, asEcmaScriptDoes) {
  for (const std::string_view string : GetParam().in) {
    EXPECT_TRUE(matches(GetParam().pattern, string)) << GetParam().pattern << " ~ " << string;
  }
  for (const std::string_view string : GetParam().out) {
    EXPECT_FALSE(matches(GetParam().pattern, string)) << GetParam().pattern << " ~ " << string;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Patterns, PatternMatches,
    ::testing::Values(
        Case{"abc", {"abc", "xabcx", "ab abc"}, {"", "ab", "a bc"}}, Case{"", {"", "anything"}, {}},
        Case{"^abc$", {"abc"}, {"abcd", "xabc", "abc\n"}},
        Case{"^a|b$", {"a", "axx", "xxb"}, {"xa", "bx", ""}},
        Case{"(^|,)x(,|$)", {"x", "a,x", "x,a", "a,x,b"}, {"ax", "xa", ""}},
        Case{"^(?:a(b|c)?)+$", {"a", "ab", "abac", "aa"}, {"", "b", "abb"}},
        Case{"^(?<year>\\d{4})-\\d\\d$", {"2024-01"}, {"24-01", "2024-1"}},
        Case{"^a{2}b{1,2}c{2,}$", {"aabcc", "aabbccccc"}, {"abcc", "aabbbcc", "aabc"}},
        Case{"^a*?b+?c??$", {"b", "aabbc"}, {"a", "bcc"}},
        Case{"^.$", {"x", "é", "🎉"}, {"", "xy", "\n", "\r", "\u2028"}},
        Case{"^[^a-c]$", {"d", "\n", "🎉"}, {"a", "b", ""}},
        Case{"^[a\\-\\]x-z.]$", {"a", "-", "]", "y", "."}, {"b", "\\"}},
        Case{"^[a-]$", {"a", "-"}, {"b"}},
        Case{"^\\w\\W\\d\\D\\s\\S$", {"a-1x\u00a0y", "_é9_ 1"}, {"é-1x y"}},
        Case{"^\\u00e9\\x41\\u{1F389}\\ud83c\\udf89$", {"éA🎉🎉"}, {"eA🎉🎉"}},
        Case{"^\\t\\n\\v\\f\\r\\cA\\0$", {std::string_view("\t\n\v\f\r\x01\0", 7)}, {"tn"}},
        Case{"^\\^\\$\\.\\*\\/\\-$", {"^$.*/-"}, {"^$x*/-"}},
        Case{"^[\\s\\d]+$", {"1 2\t3"}, {"1a"}}, Case{"^[\\u{1F300}-\\u{1F5FF}]$", {"🌍"}, {"a"}},
        Case{"^(a|ab)(c|bcd)$", {"ac", "abc", "abcd"}, {"ab", "abbcdx"}}));

TEST(Pattern, whatIsNotSupportedIsRefusedByName) {
  EXPECT_THAT(refusal("a(?=b)"), HasSubstr("lookahead"));
  EXPECT_THAT(refusal("a(?!b)"), HasSubstr("lookahead"));
  EXPECT_THAT(refusal("(?<=a)b"), HasSubstr("lookbehind"));
  EXPECT_THAT(refusal("(?<!a)b"), HasSubstr("lookbehind"));
  EXPECT_THAT(refusal("(a)\\1"), HasSubstr("references back"));
  EXPECT_THAT(refusal("(?<n>a)\\k<n>"), HasSubstr("references back"));
  EXPECT_THAT(refusal("\\bword\\b"), HasSubstr("word boundaries"));
  EXPECT_THAT(refusal("\\p{L}+"), HasSubstr("\\p"));
  EXPECT_THAT(refusal("(?i:abc)"), HasSubstr("flags"));
  EXPECT_THAT(refusal("a^b"), HasSubstr("^ after"));
  EXPECT_THAT(refusal("(^a)*"), HasSubstr("repeated group"));
}

TEST(Pattern, whatIsBrokenIsRefusedWithItsPlace) {
  EXPECT_THAT(refusal("a(b"), HasSubstr("at character 4: a ( without its )"));
  EXPECT_THAT(refusal("ab)"), HasSubstr("a ) without its ("));
  EXPECT_THAT(refusal("[ab"), HasSubstr("a [ without its ]"));
  EXPECT_THAT(refusal("*a"), HasSubstr("nothing to repeat"));
  EXPECT_THAT(refusal("a**"), HasSubstr("a repetition of a repetition"));
  EXPECT_THAT(refusal("a{3,2}"), HasSubstr("least is above its most"));
  EXPECT_THAT(refusal("a{x"), HasSubstr("begins no repetition"));
  EXPECT_THAT(refusal("[z-a]"), HasSubstr("a range in []"));
  EXPECT_THAT(refusal("\\ud800"), HasSubstr("half a surrogate pair"));
  EXPECT_THAT(refusal("\\u12"), HasSubstr("no character"));
  EXPECT_THAT(refusal("\\y"), HasSubstr("no meaning"));
  EXPECT_THAT(refusal("a\\"), HasSubstr("a \\ at the end"));
  EXPECT_THAT(refusal("\xff"), HasSubstr("not UTF-8"));
}

TEST(Pattern, sizesAreBounded) {
  EXPECT_THAT(refusal(std::string(kPatternBytesMax + 1, 'a')), HasSubstr("the limit is"));
  EXPECT_THAT(refusal(std::string(kPatternDepthMax + 1, '(')), HasSubstr("nested deeper"));
  EXPECT_THAT(refusal("a{20001}"), HasSubstr("more than 20000 repetitions"));
  EXPECT_THAT(refusal("((a{1000}){1000}){1000}"), HasSubstr("come to more than"));
  std::string anchored;
  for (int i = 0; i < 20; ++i)
    anchored += "(^|a)";
  EXPECT_THAT(refusal(anchored), HasSubstr("combinations of groups"));
}

TEST(Pattern, lengthsAreThoseOfItsStrings) {
  const Lengths lengths = lengths_of(*content_of_pattern("^a{2,4}(b|cde)?$"));
  EXPECT_EQ(lengths.least, 2);
  EXPECT_EQ(lengths.most, 7);
  EXPECT_EQ(lengths_of(*content_of_pattern("a")).most, kUnbounded);
}

}  // namespace
}  // namespace hearth::constraint
