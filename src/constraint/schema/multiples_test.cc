#include "constraint/schema/multiples.h"

#include <string>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "constraint/grammar.h"
#include "constraint/matcher.h"
#include "constraint/schema.h"

namespace hearth::constraint {
namespace {

// The numbers of a schema, made ready once.
class Numbers {
 public:
  explicit Numbers(const std::string& schema) {
    const auto rules = rules_of_schema(schema);
    EXPECT_TRUE(rules.has_value()) << schema << rules.error().message;
    if (rules) grammar_ = *Grammar::compile(*rules);
  }
  bool have(const std::string& number) const {
    Matcher matcher(grammar_);
    return *matcher.accept(number) && matcher.may_end();
  }

 private:
  std::shared_ptr<const Grammar> grammar_;
};

TEST(Multiples, ofWholeNumbersAreThoseOfArithmetic) {
  for (const int divisor : {3, 7, 12, 64, 97, 300}) {
    const Numbers numbers(fmt::format(R"({{"type":"integer","multipleOf":{}}})", divisor));
    for (const int factor : {-71'000, -13, -1, 0, 1, 2, 9, 10, 11, 4'321, 99'999}) {
      for (int number = factor * divisor - 2; number <= factor * divisor + 2; ++number)
        EXPECT_EQ(numbers.have(std::to_string(number)), number % divisor == 0) << number;
    }
  }
}

TEST(Multiples, withinBoundsAreThoseOfArithmetic) {
  for (const int divisor : {7, 40, 45}) {
    for (const auto& [least, most] : {std::pair(-1'234, 567'890), std::pair(999, 123'456)}) {
      const Numbers numbers(
          fmt::format(R"({{"type":"integer","multipleOf":{},"minimum":{},"maximum":{}}})", divisor,
                      least, most));
      for (const int near : {least, -divisor, 0, divisor, 1'000, 100'000, most}) {
        for (int number = near - divisor; number <= near + divisor; ++number) {
          const bool is_in = number >= least && number <= most && number % divisor == 0;
          EXPECT_EQ(numbers.have(std::to_string(number)), is_in) << number << " of " << divisor;
        }
      }
    }
  }
}

TEST(Multiples, ofDecimalsAreThoseOfArithmetic) {
  for (const int hundredths : {1, 5, 25, 33, 125}) {
    const Numbers numbers(fmt::format(R"({{"type":"number","multipleOf":{}.{:02}}})",
                                      hundredths / 100, hundredths % 100));
    for (int number = 0; number < 1'000; ++number) {
      const std::string text = fmt::format("{}.{:02}", number / 100, number % 100);
      EXPECT_EQ(numbers.have(text), number % hundredths == 0) << text;
    }
  }
}

// Each of these was refused, or took many times more.
TEST(Multiples, takeFewRules) {
  const std::pair<const char*, std::size_t> cases[] = {
      {R"("type":"integer","multipleOf":7)", 200},
      {R"("type":"integer","multipleOf":97)", 2'000},
      {R"("type":"integer","multipleOf":499)", 2'500},
      {R"("type":"integer","multipleOf":360,"minimum":0)", 500},
      {R"("type":"number","multipleOf":0.25)", 50},
      {R"("type":"number","multipleOf":0.125)", 50}};
  for (const auto& [keywords, most] : cases) {
    const auto rules = rules_of_schema("{" + std::string(keywords) + "}");
    ASSERT_TRUE(rules.has_value()) << keywords << rules.error().message;
    EXPECT_LE(rules->rules.size(), most) << keywords;
  }
}

}  // namespace
}  // namespace hearth::constraint
