#include "tool/builtin/calculator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::tool {
namespace {

using ::testing::HasSubstr;

std::string sum_of(std::string_view expression) {
  const auto result = calculate(expression);
  return result ? *result : "wrong: " + result.error().message;
}

TEST(Calculator, ComputesAsPeopleWrite) {
  EXPECT_EQ(sum_of("1 + 2 * 3"), "7");
  EXPECT_EQ(sum_of("(1 + 2) * 3"), "9");
  EXPECT_EQ(sum_of("-2^2"), "-4");
  EXPECT_EQ(sum_of("2^-2"), "0.25");
  EXPECT_EQ(sum_of("2^3^2"), "512");
  EXPECT_EQ(sum_of("2 ** 10"), "1024");
  EXPECT_EQ(sum_of("12 × 12 − 4 ÷ 2"), "142");
  EXPECT_EQ(sum_of("7 % 3"), "1");
  EXPECT_EQ(sum_of("-7 % 3"), "2");
  EXPECT_EQ(sum_of("10 - 3 - 2"), "5");
  EXPECT_EQ(sum_of("100 / 10 / 5"), "2");
}

TEST(Calculator, IsExact) {
  EXPECT_EQ(sum_of("0.1 + 0.2"), "0.3");
  EXPECT_EQ(sum_of("123456789 * 987654321"), "121932631112635269");
  EXPECT_EQ(sum_of("1/3 + 1/3 + 1/3"), "1");
  EXPECT_EQ(sum_of("1/3"), "0.333333333333 (1/3)");
  EXPECT_EQ(sum_of("-2/3"), "-0.666666666667 (-2/3)");
  EXPECT_EQ(sum_of("1/8"), "0.125");
  EXPECT_EQ(sum_of("2^100"), "1267650600228229401496703205376");
  EXPECT_EQ(sum_of("0 * -1"), "0");
}

TEST(Calculator, SaysWhatIsWrong) {
  EXPECT_THAT(sum_of("1/0"), HasSubstr("divided by 0"));
  EXPECT_THAT(sum_of("0^-1"), HasSubstr("divided by 0"));
  EXPECT_THAT(sum_of("5 % (1-1)"), HasSubstr("divided by 0"));
  EXPECT_THAT(sum_of("1 +"), HasSubstr("ends where there should be a number"));
  EXPECT_THAT(sum_of("1 + x"), HasSubstr("character 5 should be a number"));
  EXPECT_THAT(sum_of("(1"), HasSubstr("closing bracket"));
  EXPECT_THAT(sum_of("1 2"), HasSubstr("character 3"));
  EXPECT_THAT(sum_of("1.2.3"), HasSubstr("number"));
  EXPECT_THAT(sum_of("."), HasSubstr("number"));
  EXPECT_THAT(sum_of("2^0.5"), HasSubstr("whole number"));
  EXPECT_THAT(sum_of(""), HasSubstr("number"));
}

TEST(Calculator, IsBounded) {
  EXPECT_THAT(sum_of("2^1000"), HasSubstr("38 digits"));
  EXPECT_THAT(sum_of("2^99999999"), HasSubstr("exponent"));
  EXPECT_EQ(sum_of("1^10000"), "1");
  EXPECT_THAT(sum_of(std::string(500, '(')), HasSubstr("too deep"));
  EXPECT_THAT(sum_of(std::string(900, '-') + "1"), HasSubstr("too deep"));
  EXPECT_THAT(sum_of(std::string(2000, '1')), HasSubstr("bytes"));
  EXPECT_THAT(sum_of(std::string(60, '9')), HasSubstr("38 digits"));
}

RC_GTEST_PROP(Calculator, AgreesWithTheMachineOnWholeNumbers, ()) {
  const auto number = rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000);
  const std::int64_t a = *number;
  const std::int64_t b = *number;
  const std::int64_t c = *number;
  const std::string text =
      "(" + std::to_string(a) + ") * (" + std::to_string(b) + ") - (" + std::to_string(c) + ")";
  RC_ASSERT(sum_of(text) == std::to_string(a * b - c));
}

RC_GTEST_PROP(Calculator, TakesAnyText, (const std::string& text)) {
  const auto result = calculate(text);
  const std::string words = result ? *result : result.error().message;
  RC_ASSERT(!words.empty());
}

}  // namespace
}  // namespace hearth::tool
