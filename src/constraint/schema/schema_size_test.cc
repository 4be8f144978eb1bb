// Schemas as large as they may be: their rules compile, and what may come next is found at once.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "constraint/masks.h"
#include "constraint/schema.h"

namespace hearth::constraint {
namespace {

constexpr std::size_t kMembersMax = 2'499;
constexpr std::size_t kVocabulary = 150'000;

std::shared_ptr<const Grammar> grammar_of(const std::string& schema) {
  Effort effort;
  const auto rules = rules_of_schema(schema, effort);
  if (!rules) ADD_FAILURE() << rules.error().message;
  if (!rules) return nullptr;
  auto grammar = Grammar::compile(*rules, effort);
  if (!grammar) ADD_FAILURE() << grammar.error().message;
  return grammar ? *grammar : nullptr;
}

bool takes(const std::shared_ptr<const Grammar>& grammar, std::string_view document) {
  Matcher matcher(grammar);
  const auto taken = matcher.accept(document);
  return taken && *taken && matcher.may_end();
}

// As many tokens as models have: what members are made of, numbers of up to three digits, words.
const std::vector<std::string>& texts() {
  static const std::vector<std::string> texts = [] {
    std::vector<std::string> all{"{", "}",    "\"",   "\":",   ":", " ",
                                 ",", ", \"", "null", "null,", "}}"};
    for (const char* part : {"p", "pr", "prop", "property", "_of_", "property_of_", "\"property_"})
      all.emplace_back(part);
    for (int number = 0; number < 1'000; ++number)
      all.push_back(std::to_string(number));
    for (std::size_t word = 0; all.size() < kVocabulary; ++word) {
      std::string text = word % 2 == 0 ? "of_" : "";
      for (std::size_t left = word; left > 0; left /= 20)
        text += "pr_otyfbacdeghiklmnu"[left % 20];
      all.push_back(text);
    }
    return all;
  }();
  return texts;
}

// Each token of a part of the vocabulary, and those that may be here.
void expect_exact(const Mask& mask, const Matcher& matcher) {
  constexpr std::size_t kStride = 97;
  for (std::size_t token = 0; token < kVocabulary; token += token < 18 ? 1 : kStride) {
    Matcher copy = matcher;
    const auto taken = copy.accept(texts()[token]);
    ASSERT_TRUE(taken.has_value());
    ASSERT_EQ((mask[token / 64] >> (token % 64) & 1U) != 0, *taken) << texts()[token];
  }
}

class ManyMembers : public ::testing::TestWithParam<std::string_view> {};

TEST_P(ManyMembers, MayAllBeLeftOut) {
  std::string members;
  for (std::size_t i = 0; i < kMembersMax; ++i)
    members += fmt::format("{}\"property_of_{}\":{{\"type\":\"null\"}}", i == 0 ? "" : ",", i);
  const auto grammar = grammar_of(R"({"type":"object","properties":{)" + members + "}" +
                                  std::string(GetParam()) + "}");
  ASSERT_NE(grammar, nullptr);
  EXPECT_TRUE(takes(grammar, "{}"));
  EXPECT_TRUE(takes(grammar, R"({"property_of_7":null,"property_of_2498":null})"));
  EXPECT_FALSE(takes(grammar, R"({"property_of_2498":null,"property_of_7":null})"));
  EXPECT_FALSE(takes(grammar, R"({"property_of_7":null,"property_of_7":null})"));
  Masks masks(grammar, Vocabulary::create(texts(), {}));
  Mask mask;
  for (const char* begun :
       {"", "{", R"({"pro)", R"({"property_of_12)", R"({"property_of_12":)",
        R"({"property_of_2":null,)", R"({"property_of_1200":null,"property_)"}) {
    Matcher matcher(grammar);
    ASSERT_TRUE(*matcher.accept(begun));
    const auto found = masks.allowed(matcher, mask);
    ASSERT_TRUE(found.has_value()) << begun << found.error().message;
    expect_exact(mask, matcher);
  }
}

INSTANTIATE_TEST_SUITE_P(Schemas, ManyMembers,
                         ::testing::Values("", R"(,"additionalProperties":{"type":"null"})"));

TEST(KeyPatterns, SixThatMayAllMatchOneKeyAreToldApart) {
  const auto grammar = grammar_of(R"({"type":"object","patternProperties":{
      ".*a.*":{"minimum":1},".*b.*":{"minimum":2},".*c.*":{"minimum":3},".*d.*":{"minimum":4},
      ".*e.*":{"minimum":5},".*f.*":{"type":"integer","maximum":7}},
      "properties":{"face":{"type":"null"}},"additionalProperties":false})");
  ASSERT_NE(grammar, nullptr);
  for (const char* in : {"{}", R"({"xa":"any"})", R"({"fa":1,"af":7})", R"({"bead":5,"xbx":2})",
                         R"({"fed cab":6})", R"({"fed cab":5,"f":-3})"}) {
    EXPECT_TRUE(takes(grammar, in)) << in;
  }
  for (const char* out : {R"({"x":1})", R"({"":1})", R"({"fa":0})", R"({"fed cab":4})",
                          R"({"fed cab":8})", R"({"face":6})", R"({"bead":4})"}) {
    EXPECT_FALSE(takes(grammar, out)) << out;
  }
}

}  // namespace
}  // namespace hearth::constraint
