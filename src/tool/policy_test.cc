#include "tool/policy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::tool {
namespace {

using ::testing::HasSubstr;

Spec spec_of(Effect effect, bool reaches_network = false) {
  Spec spec;
  spec.name = "some_tool";
  spec.effect = effect;
  spec.reaches_network = reaches_network;
  return spec;
}

const Spec kReads = spec_of(Effect::kPure);
const Spec kWrites = spec_of(Effect::kIdempotent);
const Spec kDeletes = spec_of(Effect::kIrreversible);
const Spec kFetches = spec_of(Effect::kPure, true);

Policy with(std::string_view rules, Rule mode = Rule::kAsk) {
  Policy policy;
  policy.mode = mode;
  EXPECT_TRUE(add_rules(policy, rules));
  return policy;
}

TEST(Policy, AsksForWhatCannotBeUndoneAndForTheNetwork) {
  const Policy usual;
  EXPECT_EQ(decide(usual, kReads, "").rule, Rule::kAuto);
  EXPECT_EQ(decide(usual, kWrites, "a").rule, Rule::kAuto);
  EXPECT_EQ(decide(usual, kDeletes, "a").rule, Rule::kAsk);
  EXPECT_EQ(decide(usual, kFetches, "").rule, Rule::kAsk);
  EXPECT_THAT(decide(usual, kFetches, "").reason, HasSubstr("network"));
}

TEST(Policy, TheModeSaysWhatBecomesOfAsking) {
  for (const Spec& spec : {kDeletes, kFetches}) {
    EXPECT_EQ(decide(with("", Rule::kAuto), spec, "a").rule, Rule::kAuto);
    EXPECT_EQ(decide(with("", Rule::kDeny), spec, "a").rule, Rule::kDeny);
  }
  EXPECT_EQ(decide(with("", Rule::kDeny), kReads, "a").rule, Rule::kAuto);
}

TEST(Policy, NothingLiftsADenial) {
  EXPECT_EQ(decide(with("some_tool=deny", Rule::kAuto), kReads, "a").rule, Rule::kDeny);
  EXPECT_EQ(decide(with("some_tool=deny, **=auto", Rule::kAuto), kReads, "a").rule, Rule::kDeny);
  EXPECT_EQ(decide(with("some_tool=auto, .git/**=deny"), kReads, ".git/config").rule, Rule::kDeny);
  Policy cut_off = with("some_tool=auto");
  cut_off.network = Rule::kDeny;
  EXPECT_EQ(decide(cut_off, kFetches, "").rule, Rule::kDeny);
}

TEST(Policy, TheCloserRuleCounts) {
  EXPECT_EQ(decide(with("some_tool=auto"), kDeletes, "a").rule, Rule::kAuto);
  EXPECT_EQ(decide(with("some_tool=auto"), kFetches, "").rule, Rule::kAuto);
  EXPECT_EQ(decide(with("some_tool=auto, keep/**=ask"), kDeletes, "keep/a").rule, Rule::kAsk);
  EXPECT_EQ(decide(with("out/**=auto"), kDeletes, "out/a").rule, Rule::kAuto);
  EXPECT_EQ(decide(with("out/keep=ask, out/**=auto"), kDeletes, "out/keep").rule, Rule::kAsk);
  EXPECT_EQ(decide(with("other_tool=deny"), kReads, "a").rule, Rule::kAuto);
  EXPECT_THAT(decide(with("out/**=ask"), kReads, "out").reason, HasSubstr("out/**=ask"));
}

TEST(Policy, ARuleThatCannotBeReadIsNamed) {
  Policy policy;
  for (const char* text : {"run_command", "run_command=maybe", "=deny", "a=auto, b"}) {
    const auto added = add_rules(policy, text);
    ASSERT_FALSE(added) << text;
    EXPECT_THAT(added.error().message, HasSubstr("is no rule"));
  }
  EXPECT_TRUE(add_rules(policy, "")) << "none";
}

}  // namespace
}  // namespace hearth::tool
