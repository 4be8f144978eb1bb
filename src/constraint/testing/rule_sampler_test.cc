#include "constraint/testing/rule_sampler.h"

#include <set>

#include <gtest/gtest.h>

#include "constraint/schema.h"
#include "constraint/testing/rule_reader.h"

namespace hearth::constraint::testing {
namespace {

constexpr std::string_view kSchema = R"j({"type":"object","properties":{
  "name":{"type":"string","pattern":"^[A-Z][a-zé🎉]*( [A-Z][a-z]+)?$","maxLength":9},
  "n":{"type":"number","minimum":-2.5,"maximum":40},"again":{"$ref":"#"},
  "list":{"type":"array","items":{"type":["integer","null"]},"maxItems":4}},
  "required":["name"],"additionalProperties":{"type":"boolean"}})j";

TEST(RuleSampler, writesOnlyTextsThatFit) {
  const Rules rules = *rules_of_schema(kSchema);
  RuleSampler sampler(rules, 7);
  std::set<std::string> different;
  for (int i = 0; i < 60; ++i) {
    const std::string text = sampler.sample();
    EXPECT_TRUE(fits(rules, text)) << text;
    EXPECT_FALSE(fits(rules, text + "}")) << text;
    EXPECT_FALSE(fits(rules, text.substr(0, text.size() - 1))) << text;
    different.insert(text);
  }
  EXPECT_GT(different.size(), 40);
}

TEST(RuleSampler, endsAnyObject) {
  const Rules rules = rules_of_any_object();
  RuleSampler sampler(rules, 1);
  for (int i = 0; i < 30; ++i)
    EXPECT_LT(sampler.sample().size(), 100'000);
}

TEST(RuleReader, doesNotTakeWhatIsNotInTheRules) {
  Rules rules;
  rules.rules.push_back({"root", sequence({text("a"), repeat(rule(1), 1, 2), text("c")})});
  rules.rules.push_back({"b", choice({text("b"), character({{0xE0, 0xFF}})})});
  EXPECT_TRUE(fits(rules, "abc"));
  EXPECT_TRUE(fits(rules, "abéc"));
  for (const char* other : {"ac", "abbbc", "ab", "abcd",
                            "a\xC3"
                            "c",
                            ""}) {
    EXPECT_FALSE(fits(rules, other)) << other;
  }
}

}  // namespace
}  // namespace hearth::constraint::testing
