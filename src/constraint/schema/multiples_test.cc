#include "constraint/schema/multiples.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "constraint/grammar.h"
#include "constraint/matcher.h"
#include "constraint/schema.h"

namespace hearth::constraint {
namespace {

bool fits(const std::string& schema, const std::string& document) {
  const auto rules = rules_of_schema(schema);
  RC_ASSERT(rules.has_value());
  const auto grammar = Grammar::compile(*rules);
  RC_ASSERT(grammar.has_value());
  Matcher matcher(*grammar);
  const auto taken = matcher.accept(document);
  return taken && *taken && matcher.may_end();
}

TEST(Multiples, ofWholeNumbersAreThoseOfArithmetic) {
  const bool good = rc::check([] {
    const int divisor = *rc::gen::inRange(1, 120);
    const int factor = *rc::gen::inRange(-20'000, 20'000);
    const int number = factor * divisor + *rc::gen::inRange(0, 2);
    const std::string schema = fmt::format(R"({{"type":"integer","multipleOf":{}}})", divisor);
    RC_ASSERT(fits(schema, std::to_string(number)) == (number % divisor == 0));
  });
  EXPECT_TRUE(good);
}

TEST(Multiples, withinBoundsAreThoseOfArithmetic) {
  const bool good = rc::check([] {
    const int divisor = *rc::gen::inRange(1, 300);
    const int least = *rc::gen::inRange(-3'000'000, 3'000'000);
    const int most = least + *rc::gen::inRange(0, 5'000'000);
    const int near = *rc::gen::element(least, most, *rc::gen::inRange(least, most + 1));
    const int number = near / divisor * divisor + *rc::gen::inRange(-1, 2);
    const std::string schema = fmt::format(
        R"({{"type":"integer","multipleOf":{},"minimum":{},"maximum":{}}})", divisor, least, most);
    const bool is_in = number >= least && number <= most && number % divisor == 0;
    RC_ASSERT(fits(schema, std::to_string(number)) == is_in);
  });
  EXPECT_TRUE(good);
}

TEST(Multiples, ofDecimalsAreThoseOfArithmetic) {
  const bool good = rc::check([] {
    const int hundredths = *rc::gen::inRange(1, 110);
    RC_PRE(hundredths % 10 != 0);  // tenths have one digit behind the point
    const int number = *rc::gen::inRange(0, 5'000) * hundredths + *rc::gen::inRange(0, 2);
    const std::string schema = fmt::format(R"({{"type":"number","multipleOf":{}.{:02}}})",
                                           hundredths / 100, hundredths % 100);
    const std::string document = fmt::format("{}.{:02}", number / 100, number % 100);
    RC_ASSERT(fits(schema, document) == (number % hundredths == 0));
  });
  EXPECT_TRUE(good);
}

// Each of these was refused, or took many times more.
TEST(Multiples, takeFewRules) {
  const std::pair<const char*, std::size_t> cases[] = {
      {R"("type":"integer","multipleOf":7)", 200},
      {R"("type":"integer","multipleOf":97)", 2'000},
      {R"("type":"integer","multipleOf":499)", 2'500},
      {R"("type":"integer","multipleOf":1024)", 3'000},
      {R"("type":"integer","multipleOf":365,"minimum":0)", 1'500},
      {R"("type":"number","multipleOf":0.25)", 50},
      {R"("type":"number","multipleOf":0.125)", 50}};
  for (const auto& [keywords, most] : cases) {
    const auto rules = rules_of_schema("{" + std::string(keywords) + "}");
    ASSERT_TRUE(rules.has_value()) << keywords << rules.error().message;
    EXPECT_LE(rules->rules.size(), most) << keywords;
    EXPECT_TRUE(Grammar::compile(*rules).has_value()) << keywords;
  }
}

}  // namespace
}  // namespace hearth::constraint
