#include "constraint/schema/number_range.h"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "constraint/testing/rule_reader.h"

namespace hearth::constraint {
namespace {

bool writes(const Expression& numbers, std::string_view text) {
  Rules rules;
  rules.rules.push_back({"number", numbers});
  return testing::fits(rules, text);
}

// A number of thousandths, as short as it can be.
std::string text_of(int thousandths) {
  std::string text = fmt::format("{}{}.{:03}", thousandths < 0 ? "-" : "",
                                 std::abs(thousandths) / 1000, std::abs(thousandths) % 1000);
  while (text.ends_with('0'))
    text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

struct RandomRange {
  NumberRange range;
  std::optional<int> least;
  std::optional<int> most;

  bool holds(int thousandths) const {
    if (least && (thousandths < *least || (range.least->open && thousandths == *least))) {
      return false;
    }
    return !most || (thousandths <= *most && (!range.most->open || thousandths != *most));
  }
};

RandomRange random_range() {
  RandomRange random;
  const auto bound = [](std::optional<int>& at) -> std::optional<Bound> {
    if (*rc::gen::inRange(0, 4) == 0) return std::nullopt;
    at = *rc::gen::inRange(-3'000, 3'000) * (*rc::gen::element(1, 50, 1000));
    return Bound{*decimal_of_text(text_of(*at)), *rc::gen::element(true, false)};
  };
  random.range.least = bound(random.least);
  random.range.most = bound(random.most);
  return random;
}

TEST(NumberRange, decimalsWithinAreExactlyThoseWithin) {
  const bool good = rc::check([] {
    const RandomRange random = random_range();
    const int around = random.least ? *random.least : random.most.value_or(0);
    const int number = around + *rc::gen::inRange(-4'000, 4'000);
    const Expression numbers = decimals_within(random.range, 20);
    RC_ASSERT(writes(numbers, text_of(number)) == random.holds(number));
  });
  EXPECT_TRUE(good);
}

TEST(NumberRange, integersWithinAreExactlyThoseWithin) {
  const bool good = rc::check([] {
    const RandomRange random = random_range();
    const int around = (random.least ? *random.least : random.most.value_or(0)) / 1000;
    const int number = around + *rc::gen::inRange(-200, 200);
    const Expression numbers = integers_within(random.range);
    RC_ASSERT(writes(numbers, std::to_string(number)) == random.holds(number * 1000));
  });
  EXPECT_TRUE(good);
}

TEST(NumberRange, theBoundsThemselvesAreInsideUnlessOpen) {
  const NumberRange closed{.least = Bound{*decimal_of_text("0.5"), false},
                           .most = Bound{*decimal_of_text("2.75"), false}};
  const NumberRange open{.least = Bound{*decimal_of_text("0.5"), true},
                         .most = Bound{*decimal_of_text("2.75"), true}};
  for (const char* edge : {"0.5", "0.500", "2.75", "2.750"}) {
    EXPECT_TRUE(writes(decimals_within(closed, 20), edge)) << edge;
    EXPECT_FALSE(writes(decimals_within(open, 20), edge)) << edge;
  }
  for (const char* inside : {"0.50000001", "1", "2", "2.7499999"}) {
    EXPECT_TRUE(writes(decimals_within(open, 20), inside)) << inside;
  }
  for (const char* outside : {"-1", "0", "0.4999", "2.7500001", "3", "01", "1.", ".7", "1e0"}) {
    EXPECT_FALSE(writes(decimals_within(closed, 20), outside)) << outside;
  }
}

TEST(NumberRange, zeroIsNeverWrittenWithAMinus) {
  const NumberRange range{.least = Bound{*decimal_of_text("-5"), false},
                          .most = Bound{*decimal_of_text("5"), false}};
  EXPECT_FALSE(writes(integers_within(range), "-0"));
  EXPECT_FALSE(writes(decimals_within(range, 20), "-0"));
  EXPECT_FALSE(writes(decimals_within(range, 20), "-0.0"));
  EXPECT_TRUE(writes(decimals_within(range, 20), "-0.01"));
}

TEST(NumberRange, numbersWithoutABoundHaveTwentyDigits) {
  const NumberRange positive{.least = Bound{Decimal{}, false}, .most = std::nullopt};
  EXPECT_TRUE(writes(integers_within(positive), "99999999999999999999"));
  EXPECT_FALSE(writes(integers_within(positive), "100000000000000000000"));
}

TEST(Decimal, isReadFromEveryNotation) {
  EXPECT_EQ(*decimal_of_text("1e3"), *decimal_of_text("1000"));
  EXPECT_EQ(*decimal_of_text("-1.50e-2"), *decimal_of_text("-0.015"));
  EXPECT_EQ(*decimal_of_text("-0.0"), Decimal{});
  EXPECT_FALSE(decimal_of_text("1e41").has_value());
  EXPECT_EQ(rounded_up(*decimal_of_text("-1.5")), *decimal_of_text("-1"));
  EXPECT_EQ(rounded_down(*decimal_of_text("-1.5")), *decimal_of_text("-2"));
  EXPECT_EQ(next_whole(*decimal_of_text("-1"), 1), Decimal{});
  EXPECT_EQ(next_whole(*decimal_of_text("99"), 1), *decimal_of_text("100"));
  EXPECT_LT(*decimal_of_text("-10"), *decimal_of_text("-9.5"));
  EXPECT_LT(*decimal_of_text("0.05"), *decimal_of_text("0.5"));
}

}  // namespace
}  // namespace hearth::constraint
