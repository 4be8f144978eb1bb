// What is refused, by name and at its JSON pointer, and that no schema takes long.
#include <fmt/format.h>
#include <gmock/gmock.h>

#include "constraint/schema.h"
#include "constraint/schema/document.h"

namespace hearth::constraint {
namespace {

using ::testing::HasSubstr;

struct Case {
  std::string_view schema;
  std::string_view pointer;
  std::string_view said;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.schema;
}

class SchemaRefuses : public ::testing::TestWithParam<Case> {};

TEST_P(SchemaRefuses, byNameAndAtItsPlace) {
  const Result<Rules> rules = rules_of_schema(GetParam().schema);
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().code, Code::kInvalidArgument);
  EXPECT_EQ(rules.error().context, GetParam().pointer);
  EXPECT_THAT(rules.error().message, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Keywords, SchemaRefuses,
    ::testing::Values(
        Case{R"({"not":{"type":"null"}})", "/not", "not is not supported"},
        Case{R"({"properties":{"a":{"if":{},"then":{}}}})", "/properties/a/if", "if is not"},
        Case{R"({"items":{"contains":{}}})", "/items/contains", "contains is not supported"},
        Case{R"({"dependentSchemas":{"a":{"type":"null"}}})", "/dependentSchemas", "is not supp"},
        Case{R"({"dependentRequired":{"a":["b"]}})", "/dependentRequired", "is not supported"},
        Case{R"({"dependencies":{"a":["b"]}})", "/dependencies", "is not supported"},
        Case{R"({"type":"string","nullable":true})", "/nullable", "\"null\""},
        Case{R"({"$dynamicRef":"#a"})", "/$dynamicRef", "write $ref"},
        Case{R"({"$recursiveRef":"#"})", "/$recursiveRef", "write $ref"},
        Case{R"({"type":"array","uniqueItems":true})", "/uniqueItems", "at most 8 values"},
        Case{R"({"properties":{"a":{"allOf":[{"unevaluatedProperties":false}]}}})",
             "/properties/a/allOf/0/unevaluatedProperties", "outermost"},
        Case{R"({"unevaluatedItems":{"type":"null"}})", "/unevaluatedItems", "outermost"},
        Case{R"({"properties":{"a/b":{"maxLenght":3}}})", "/properties/a~1b/maxLenght",
             "no keyword that is known here"},
        Case{R"({"disallow":"string"})", "/disallow", "not supported"},
        Case{R"({"items":{"$id":"http://a/b"}})", "/items/$id", "at the root only"},
        Case{R"({"oneOf":[{"type":"integer"},{"type":"number"}]})", "/oneOf", "branches 0 and 1"},
        Case{R"({"oneOf":[{"type":"object","properties":{"a":{}}},
                          {"type":"object","properties":{"b":{}}}]})",
             "/oneOf", "write anyOf"},
        Case{R"({"type":"object","minProperties":3})", "/minProperties", "might repeat"},
        Case{R"({"type":"number","multipleOf":7.919})", "/multipleOf",
             "multipleOf 7.919 has the digits 7919, and with 3 of them behind the point 1250 is"},
        Case{R"({"multipleOf":0.1234567})", "/multipleOf",
             "multipleOf 0.1234567 has too many digits: 6 behind the point are the most"},
        Case{R"({"properties":{"a":{"multipleOf":1234567890123}}})", "/properties/a/multipleOf",
             "multipleOf 1234567890123 has too many digits"},
        Case{R"({"allOf":[{"multipleOf":999999937},{"multipleOf":999999929}]})",
             "/allOf/1/multipleOf", "multipleOf 999999929 and another multipleOf"},
        Case{R"({"type":"integer","multipleOf":7919})", "/multipleOf",
             "multipleOf 7919 is above 5000 (without zeros at its end), and its multiples are"},
        Case{R"({"type":"integer","multipleOf":4999})", "/multipleOf", "a smaller range"},
        Case{R"({"propertyNames":{"anyOf":[{"maxLength":1},{"minLength":3}]}})", "/propertyNames",
             "one pattern or one enum"},
        Case{R"j({"type":"string","pattern":"a(?=b)"})j", "/pattern", "lookahead"},
        Case{R"({"patternProperties":{"(a)\\1":{}}})", "/patternProperties", "references back"}));

INSTANTIATE_TEST_SUITE_P(
    WrongValues, SchemaRefuses,
    ::testing::Values(
        Case{"[]", "", "must be an object, true or false"},
        Case{"3", "", "must be an object, true or false"}, Case{"{\"type\":", "", "cannot be read"},
        Case{R"({"type":"text"})", "/type", "null, boolean, integer"},
        Case{R"({"type":[]})", "/type", "null, boolean, integer"},
        Case{R"({"minLength":-1})", "/minLength", "not negative"},
        Case{R"({"maxItems":1.5})", "/maxItems", "whole number"},
        Case{R"({"exclusiveMinimum":true})", "/exclusiveMinimum", "must be a number"},
        Case{R"({"multipleOf":0})", "/multipleOf", "above 0"},
        Case{R"({"required":"a"})", "/required", "array of strings"},
        Case{R"({"properties":{"a":3}})", "/properties", "object of schemas"},
        Case{R"({"properties":[]})", "/properties", "object of schemas"},
        Case{R"({"anyOf":[]})", "/anyOf", "array of schemas"},
        Case{R"({"additionalProperties":"no"})", "/additionalProperties", "true or false"},
        Case{R"({"enum":"a"})", "/enum", "an array"},
        Case{R"({"minimum":1e-60,"type":"number"})", "/minimum", "too many digits"},
        Case{R"({"$ref":"other.json#/a"})", "/$ref", "never fetched"},
        Case{R"({"$ref":"https://example.com/s"})", "/$ref", "never fetched"},
        Case{R"({"$ref":"#/$defs/none"})", "/$ref", "names nothing"},
        Case{R"({"$ref":"#/title","title":"x"})", "/$ref", "names no schema"},
        Case{R"({"$ref":"#nowhere"})", "/$ref", "no $anchor"},
        Case{R"({"$ref":"#/%zz"})", "/$ref", "broken % escape"},
        Case{R"({"$ref":"#"})", "", "refers to itself without end"},
        Case{R"({"anyOf":[{"type":"null"},{"$ref":"#"}]})", "", "refers to itself without end"}));

INSTANTIATE_TEST_SUITE_P(
    Impossible, SchemaRefuses,
    ::testing::Values(
        Case{"false", "", "nothing can satisfy"}, Case{R"({"enum":[]})", "", "nothing can satisfy"},
        Case{R"({"type":"string","enum":[1,2]})", "", "nothing can satisfy"},
        Case{R"({"type":"integer","minimum":3,"maximum":2})", "", "nothing can satisfy"},
        Case{R"({"type":"integer","exclusiveMinimum":1,"exclusiveMaximum":2})", "", "nothing"},
        Case{R"({"type":"string","minLength":3,"maxLength":2})", "", "nothing can satisfy"},
        Case{R"({"type":"string","pattern":"^a$","minLength":2})", "", "nothing can satisfy"},
        Case{R"({"allOf":[{"type":"string"},{"type":"null"}]})", "", "nothing can satisfy"},
        Case{R"({"type":"object","required":["a"],"additionalProperties":false})", "", "nothing"},
        Case{R"({"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]})", "",
             "must contain itself for ever"}));

Result<Rules> rules_of_chain(std::string_view branches) {
  std::string defs;
  constexpr int kLinks = 60;
  for (int i = 0; i < kLinks; ++i) {
    const std::string next = fmt::format("{{\"$ref\":\"#/$defs/d{}\"}}", i + 1);
    defs += fmt::format("\"d{}\":{{{}}},", i, fmt::vformat(branches, fmt::make_format_args(next)));
  }
  return rules_of_schema(
      fmt::format("{{\"$ref\":\"#/$defs/d0\",\"$defs\":{{{}\"d{}\":{{}}}}}}", defs, kLinks));
}

TEST(SchemaLimits, branchesThatMultiplyEndSoon) {
  const Result<Rules> any = rules_of_chain(R"("anyOf":[{0},{0},{{"type":"null"}}])");
  const Result<Rules> all = rules_of_chain(R"("allOf":[{0},{0}])");
  EXPECT_TRUE(!any.has_value() || any->rules.size() < 100);
  EXPECT_TRUE(all.has_value());
  const Result<Rules> members =
      rules_of_chain(R"("type":"object","properties":{{"a":{0},"b":{0},"c":{0}}})");
  ASSERT_TRUE(members.has_value()) << members.error().message;
  EXPECT_LT(members->rules.size(), 100);
}

TEST(SchemaLimits, mergedSetsThatMultiplyAreRefused) {
  // Each level asks for one more combination of all that came before.
  std::string schema = R"({"type":"object"})";
  for (int i = 0; i < 14; ++i) {
    schema = fmt::format(R"({{"type":"object","anyOf":[{{"properties":{{"p{0}":{1}}}}},)"
                         R"({{"properties":{{"q{0}":true}}}},{{"properties":{{"r{0}":{{}}}}}}]}})",
                         i, schema);
  }
  EXPECT_TRUE(rules_of_schema(schema).has_value());
  std::string wide = R"({"allOf":[)";
  for (int i = 0; i < 12; ++i) {
    wide += fmt::format(R"({}{{"anyOf":[{{"required":["a{}"]}},{{"required":["b{}"]}}]}})",
                        i == 0 ? "" : ",", i, i);
  }
  const Result<Rules> rules = rules_of_schema(wide + "]}");
  ASSERT_FALSE(rules.has_value());
  EXPECT_THAT(rules.error().message, HasSubstr("more than 500 combinations"));
}

TEST(SchemaLimits, longChainsOfReferencesAreRefused) {
  std::string defs;
  for (int i = 0; i < 5'000; ++i) {
    defs += fmt::format("\"d{}\":{{\"$ref\":\"#/$defs/d{}\"}},", i, i + 1);
  }
  const Result<Rules> rules =
      rules_of_schema("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + defs + "\"d5000\":{}}}");
  ASSERT_FALSE(rules.has_value());
  EXPECT_THAT(rules.error().message, HasSubstr("references in a row"));
}

TEST(SchemaLimits, longChainsOfMembersAreFine) {
  std::string defs;
  for (int i = 0; i < 5'000; ++i) {
    defs += fmt::format(
        R"("d{}":{{"type":"object","properties":{{"n":{{"$ref":"#/$defs/d{}"}}}}}},)", i, i + 1);
  }
  const Result<Rules> rules =
      rules_of_schema("{\"$ref\":\"#/$defs/d0\",\"$defs\":{" + defs + "\"d5000\":{}}}");
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  EXPECT_GT(rules->rules.size(), 5'000);
}

std::string members_of(int count) {
  std::string all;
  for (int i = 0; i < count; ++i)
    all += fmt::format("{}\"p{}\":{{\"type\":\"null\"}}", i == 0 ? "" : ",", i);
  return all;
}

std::string object_of_required(int count) {
  std::string required;
  for (int i = 0; i < count; ++i)
    required += fmt::format("{}\"p{}\"", i == 0 ? "" : ",", i);
  return R"({"type":"object","properties":{)" + members_of(count) + R"(},"required":[)" + required +
         "]}";
}

TEST(SchemaLimits, tooManyMembersAreRefusedWithAdvice) {
  EXPECT_TRUE(rules_of_schema(object_of_required(2'400)).has_value());
  const Result<Rules> rules = rules_of_schema(object_of_required(3'000));
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().message,
            "schema at /properties: has 3000 members and 2499 are the most; put some of them into "
            "objects of their own");
  const Result<Rules> counted =
      rules_of_schema(R"({"type":"object","minProperties":80,"maxProperties":99,"properties":{)" +
                      members_of(100) + "}}");
  ASSERT_FALSE(counted.has_value());
  EXPECT_THAT(counted.error().message, HasSubstr("where they are counted"));
}

// 2^59 members of 31: times 32 that is 2^64.
TEST(SchemaLimits, countsThatNoMembersReachEndSoon) {
  std::string members;
  for (int i = 0; i < 31; ++i)
    members += fmt::format("{}\"m{}\":{{}}", i == 0 ? "" : ",", i);
  const auto rules = rules_of_schema(
      R"({"type":"object","minProperties":576460752303423487,"properties":{)" + members + "}}");
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().message, HasSubstr("nothing can satisfy"));
}

TEST(SchemaLimits, deepSchemasAndLargeOnesAreRefused) {
  std::string deep;
  for (std::size_t i = 0; i <= kSchemaDepthMax; ++i)
    deep += R"({"items":)";
  EXPECT_FALSE(rules_of_schema(deep).has_value());
  EXPECT_FALSE(rules_of_schema(std::string(kSchemaBytesMax + 1, ' ')).has_value());
}

TEST(SchemaLimits, tenThousandValuesOfAnEnumAreFine) {
  std::string values;
  for (int i = 0; i < 10'000; ++i)
    values += fmt::format("{}\"value {}\"", i == 0 ? "" : ",", i);
  EXPECT_TRUE(rules_of_schema("{\"enum\":[" + values + "]}").has_value());
}

TEST(SchemaLimits, ManyListsThatMustExcludeEachOtherAreTooMuchWork) {
  std::string branches;
  for (int i = 0; i < 300; ++i) {
    branches += i == 0 ? R"({"enum":[)" : R"(,{"enum":[)";
    for (int j = 0; j < 200; ++j)
      branches += fmt::format("{}\"{}-{}\"", j == 0 ? "" : ",", i, j);
    branches += "]}";
  }
  const Result<Rules> rules = rules_of_schema("{\"oneOf\":[" + branches + "]}");
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().code, Code::kInvalidArgument);
  EXPECT_THAT(rules.error().message, HasSubstr("takes too much work to compile"));
}

TEST(SchemaLimits, PatternsOfKeysThatMultiplyAreTooMuchWork) {
  const Result<Rules> rules = rules_of_schema(R"({"type":"object","patternProperties":{
      "the first of the patterns":{"type":"string"}, "and the second pattern":{"type":"null"},
      "the third one is longer":{"type":"string"}, "as is the fourth of them":{"type":"null"},
      "behind it comes a fifth":{"type":"string"}, "and a sixth is the last":{"type":"null"}}})");
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().code, Code::kInvalidArgument);
}

TEST(SchemaLimits, NothingIsWrittenForWhoIsGone) {
  base::CancelSource gone;
  gone.cancel();
  Effort effort(gone.token());
  const Result<Rules> rules = rules_of_schema(R"({"type":"string"})", effort);
  ASSERT_FALSE(rules.has_value());
  EXPECT_EQ(rules.error().code, Code::kCancelled);
}

}  // namespace
}  // namespace hearth::constraint
