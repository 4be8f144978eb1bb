#include "engine/begun_text.h"

#include <gmock/gmock.h>

#include "constraint/grammar.h"
#include "constraint/schema.h"

namespace hearth::engine {
namespace {

using ::testing::Optional;

constexpr const char* kPlace = R"({"type":"object","properties":{
  "city":{"type":"string"},"n":{"type":"array","items":{"type":"number"}},
  "open":{"type":["boolean","null"]},"size":{"enum":[1,2,12]}}})";

constraint::Matcher matcher() {
  constraint::Effort effort;
  const auto rules = constraint::rules_of_schema(kPlace, effort);
  EXPECT_TRUE(rules) << rules.error().message;
  return constraint::Matcher(*constraint::Grammar::compile(*rules));
}

std::optional<BegunText> begun(std::string_view text, Blanks blanks = Blanks::kReadOver) {
  return take_in(matcher(), text, blanks).value();
}

std::optional<std::string> taken(std::string_view text) {
  const auto known = begun(text);
  return known ? std::optional(known->text) : std::nullopt;
}

TEST(BegunText, IsReadOverItsBlanks) {
  EXPECT_THAT(taken("{\n  \"city\" : \"Pa ris\",\t\"n\": [1 , -2.5"),
              Optional(std::string("{\"city\": \"Pa ris\",\"n\": [1, -2.5")));
  EXPECT_THAT(taken("{ "), Optional(std::string("{")));
  EXPECT_THAT(taken(R"({ "city" : "b \" c)"), Optional(std::string(R"({"city": "b \" c)")));
  EXPECT_THAT(taken(" \n"), Optional(std::string()));
  EXPECT_THAT(taken(""), Optional(std::string()));
}

TEST(BegunText, IsAsItIsWhereBlanksAreNotReadOver) {
  EXPECT_TRUE(begun(R"({"city": "Paris")", Blanks::kAsTheyAre));
  EXPECT_FALSE(begun(R"({ "city": "Paris")", Blanks::kAsTheyAre));
}

TEST(BegunText, IsNoneOfTheRulesWhereABlankDividesAWord) {
  EXPECT_EQ(taken(R"({"n":[4 2)"), std::nullopt);
  EXPECT_EQ(taken(R"({"n":[- 2)"), std::nullopt);
  EXPECT_EQ(taken(R"({"open":tr ue)"), std::nullopt);
  EXPECT_EQ(taken(R"({"color":)"), std::nullopt);
}

TEST(BegunText, EndsInAWordWhereABlankFollowsWhatCouldGoOn) {
  for (const char* word : {"[4", "[-", "[1e", "[1.", "[1e+"}) {
    const auto known = begun(R"({"n":)" + std::string(word) + " ");
    ASSERT_TRUE(known) << word;
    EXPECT_TRUE(known->ends_in_word) << word;
  }
  for (const char* open : {"t", "fals", "n"}) {
    const auto known = begun(R"({"open":)" + std::string(open) + "\n");
    ASSERT_TRUE(known) << open;
    EXPECT_TRUE(known->ends_in_word) << open;
  }
}

TEST(BegunText, GoesOnBehindAWordThatIsWhole) {
  for (const char* text :
       {"{\"open\":true ", "{\"open\": null\n", "{\"n\":[1 ,", "{\"size\":12 "}) {
    const auto known = begun(text);
    ASSERT_TRUE(known) << text;
    EXPECT_FALSE(known->ends_in_word) << text;
  }
}

}  // namespace
}  // namespace hearth::engine
