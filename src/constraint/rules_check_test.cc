#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "constraint/rules.h"

namespace hearth::constraint {
namespace {

using ::testing::HasSubstr;

Rules rules_of(std::vector<Expression> bodies) {
  Rules rules;
  for (Expression& body : bodies)
    rules.rules.push_back({"r" + std::to_string(rules.rules.size()), std::move(body)});
  return rules;
}

std::string complaint(const Rules& rules) {
  const auto checked = check(rules);
  if (checked) return "";
  EXPECT_EQ(checked.error().code, Code::kInvalidArgument);
  return checked.error().message;
}

TEST(RulesCheck, AcceptsRightRecursion) {
  EXPECT_EQ(complaint(rules_of({sequence({text("a"), optional(rule(0))})})), "");
}

TEST(RulesCheck, NamesARuleThatBeginsWithItself) {
  EXPECT_THAT(complaint(rules_of({choice({text("a"), sequence({rule(0), text("b")})})})),
              HasSubstr("rule 'r0' can begin with itself"));
}

TEST(RulesCheck, ShowsTheWayOfAnIndirectLeftRecursion) {
  EXPECT_THAT(complaint(rules_of({text("x"), sequence({rule(2), text("b")}), rule(3),
                                  choice({text("c"), rule(1)})})),
              HasSubstr("(r1 → r2 → r3 → r1)"));
}

TEST(RulesCheck, SeesLeftRecursionBehindWhatMayBeEmpty) {
  const Expression maybe = rule(1);
  EXPECT_THAT(complaint(rules_of(
                  {sequence({maybe, repeat(maybe, 0), rule(0)}), choice({text(""), text("a")})})),
              HasSubstr("rule 'r0' can begin with itself"));
  EXPECT_EQ(complaint(rules_of(
                {sequence({maybe, text("a"), optional(rule(0))}), choice({text(""), text("a")})})),
            "");
}

TEST(RulesCheck, RefusesARuleThatDoesNotExist) {
  EXPECT_THAT(complaint(rules_of({rule(7)})), HasSubstr("rule number 7"));
  Rules rootless = rules_of({text("a")});
  rootless.root = 1;
  EXPECT_THAT(complaint(rootless), HasSubstr("no rule to begin with"));
  EXPECT_THAT(complaint(Rules{}), HasSubstr("no rule to begin with"));
}

TEST(RulesCheck, RefusesRangesAndRepetitionsThatAreNone) {
  EXPECT_THAT(complaint(rules_of({character({{'b', 'a'}})})), HasSubstr("U+0062 to U+0061"));
  EXPECT_THAT(complaint(rules_of({character({{0, 0x110000}})})), HasSubstr("no range"));
  EXPECT_THAT(complaint(rules_of({repeat(text("a"), 3, 2)})),
              HasSubstr("at least 3 and at most 2"));
  Expression partless{.kind = Expression::Kind::kRepeat, .least = 0, .most = 1};
  EXPECT_THAT(complaint(rules_of({partless})), HasSubstr("one part"));
}

TEST(RulesCheck, HoldsEveryLimit) {
  EXPECT_THAT(complaint(rules_of({repeat(text("a"), 0, kRepeatMax + 1)})),
              HasSubstr("20001 times; 20000 is the most"));
  EXPECT_THAT(complaint(rules_of({repeat(text("a"), kRepeatMax + 1)})), HasSubstr("20001 times"));
  EXPECT_EQ(complaint(rules_of({repeat(text("a"), kRepeatMax)})), "");

  Expression deep = text("a");
  for (std::size_t i = 1; i < kExpressionDepthMax; ++i)
    deep = sequence({std::move(deep)});
  EXPECT_EQ(complaint(rules_of({deep})), "");
  EXPECT_THAT(complaint(rules_of({sequence({deep})})), HasSubstr("deeper than 200"));

  std::vector<Expression> many(kExpressionsMax - 1, text("a"));
  EXPECT_EQ(complaint(rules_of({choice(many)})), "");
  many.push_back(text("b"));
  EXPECT_THAT(complaint(rules_of({choice(many)})), HasSubstr("beyond 200000 expressions"));

  EXPECT_THAT(complaint(rules_of(std::vector<Expression>(kRulesMax + 1, text("a")))),
              HasSubstr("20001 rules; 20000 is the most"));
}

TEST(RulesCheck, FindsLeftRecursionThroughTwentyThousandRules) {
  std::vector<Expression> chain;
  for (std::uint32_t place = 0; place < kRulesMax; ++place)
    chain.push_back(sequence({text(""), rule((place + 1) % kRulesMax), text("a")}));
  EXPECT_THAT(complaint(rules_of(chain)), HasSubstr("r0 → r1 → r2 → r3 → r4 → r5 → … → r0"));
  chain.back() = text("b");
  EXPECT_EQ(complaint(rules_of(chain)), "");
}

}  // namespace
}  // namespace hearth::constraint
