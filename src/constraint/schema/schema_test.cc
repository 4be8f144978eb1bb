// Which documents the rules of a schema allow, keyword by keyword.
#include "constraint/schema.h"

#include <gtest/gtest.h>

#include "constraint/testing/rule_reader.h"

namespace hearth::constraint {
namespace {

struct Case {
  std::string_view name;
  std::string_view schema;
  std::vector<std::string_view> in;
  std::vector<std::string_view> out;
};

void PrintTo(const Case& one, std::ostream* out) {
  *out << one.name;
}

class SchemaAllows : public ::testing::TestWithParam<Case> {};

TEST_P(SchemaAllows, exactlyTheseDocuments) {
  const Result<Rules> rules = rules_of_schema(GetParam().schema);
  ASSERT_TRUE(rules.has_value()) << rules.error().message;
  for (const std::string_view document : GetParam().in) {
    EXPECT_TRUE(testing::fits(*rules, document)) << document;
  }
  for (const std::string_view document : GetParam().out) {
    EXPECT_FALSE(testing::fits(*rules, document)) << document;
  }
}

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name);
}

INSTANTIATE_TEST_SUITE_P(
    Values, SchemaAllows,
    ::testing::Values(
        Case{"anything",
             "{}",
             {"1", "null", "\"\"", "[]", "{}", "[1, {\"a\": [true]}]"},
             {"", "nul", "[1,]", "{\"a\"}", "01"}},
        Case{"types",
             R"({"type":["integer","null"]})",
             {"0", "-7", "null", "12345678901234567890"},
             {"1.5", "-0", "\"1\"", "1e3", "true"}},
        Case{"number",
             R"({"type":"number"})",
             {"0", "-0.5", "1e10", "2.5E-05", "1e287"},
             {"1e288", ".5", "1.", "+1", "1e999", "null"}},
        Case{"const",
             R"({"const":{"a":[1,"x"]}})",
             {R"({"a":[1,"x"]})", R"({"a": [1, "x"]})"},
             {"{}", R"({"a":[1]})"}},
        Case{"wholesBeyond64Bits",
             R"({"type":"integer","minimum":18446744073709551610,
                 "exclusiveMaximum":18446744073709551616})",
             {"18446744073709551610", "18446744073709551615"},
             {"18446744073709551609", "18446744073709551616", "18446744073709551698"}},
        Case{"constBeyond64Bits",
             R"({"enum":[18446744073709551616,-9223372036854775809,100000000000000000000]})",
             {"18446744073709551616", "-9223372036854775808", "100000000000000000000"},
             {"18446744073709552000", "1.8446744073709552e19", "1e20"}},
        Case{"tinyIsNotWhole", R"({"type":"integer","enum":[5e-324,1]})", {"1"}, {"5e-324", "0"}},
        Case{"listedArraysWithoutElements",
             R"({"type":"array","enum":[[{}],[]],"unevaluatedItems":false})",
             {"[]"},
             {"[{}]"}},
        Case{"enumOfOneType",
             R"({"type":"string","enum":["a",1,null,"bb"],"maxLength":1})",
             {"\"a\""},
             {"1", "null", "\"bb\""}},
        Case{"enumHeldToARange",
             R"({"enum":[1,2.0,3],"minimum":2,"exclusiveMaximum":3})",
             {"2"},
             {"1", "3", "2.0"}},
        Case{"strings",
             R"({"type":"string"})",
             {R"("")", R"("é🎉")", R"("\u00e9\n\"\\\/")", R"("\ud83c\udf89")"},
             {"\"", R"("\ud83c")", R"("\udf89")", R"("\x")", "\"\n\"", R"("\u12")"}},
        Case{"lengthsInCodePoints",
             R"({"type":"string","minLength":1,"maxLength":2})",
             {R"("🎉🎉")", R"("\ud83c\udf89x")", R"("\u00e9")"},
             {R"("")", R"("abc")", R"("🎉🎉🎉")"}},
        Case{"pattern",
             R"({"type":"string","pattern":"^[a-z\"]+$","maxLength":3})",
             {R"("ab")", R"("\"a\"")"},
             {R"("")", R"("abcd")", R"("A")", R"("\u0061")"}},
        Case{"patternAndMinLength",
             R"({"type":"string","pattern":"^(ab)*$","minLength":3,"maxLength":5})",
             {R"("abab")"},
             {R"("ab")", R"("ababab")"}},
        Case{"twoPatterns",
             R"({"type":"string","allOf":[{"pattern":"a"},{"pattern":"b"}],"maxLength":2})",
             {R"("ab")", R"("ba")"},
             {R"("a")", R"("aa")", R"("abx")"}},
        Case{"formatDate",
             R"({"type":"string","format":"date"})",
             {R"("2024-02-29")", R"("1999-12-31")"},
             {R"("2023-02-29")", R"("1900-02-29")", R"("2024-13-01")", R"("2024-1-1")"}},
        Case{"formatIpv6",
             R"({"type":"string","format":"ipv6"})",
             {R"("::")", R"("::1")", R"("1:2:3:4:5:6:7:8")", R"("fe80::1:2")"},
             {R"("1:2")", R"(":::")", R"("1:2:3:4:5:6:7:8:9")", R"("1::2::3")"}},
        Case{"formatOnlyForStrings",
             R"({"format":"date","type":["integer","string"]})",
             {"5", R"("2024-01-01")"},
             {R"("x")"}},
        Case{"unknownFormatIsANote", R"({"type":"string","format":"color"})", {R"("x")"}, {"1"}},
        Case{"bounds",
             R"({"type":"integer","minimum":-3,"exclusiveMaximum":12})",
             {"-3", "0", "11"},
             {"-4", "12", "-0", "00"}},
        Case{"multipleOf",
             R"({"type":"integer","multipleOf":7,"minimum":1})",
             {"7", "70", "777777"},
             {"0", "8", "-7"}},
        Case{"multipleOfHundreds",
             R"({"type":"integer","multipleOf":300})",
             {"0", "300", "-600", "3000"},
             {"100", "30", "000"}},
        Case{"multipleOfACent",
             R"({"type":"number","multipleOf":0.01,"minimum":0})",
             {"0.07", "19.99", "3", "0.5"},
             {"0.001", "-1", "1e2"}},
        Case{"hugeBoundsCutNothingOff",
             R"({"type":"number","minimum":-1.7976931348623157e308})",
             {"-1", "12"},
             {"null"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Containers, SchemaAllows,
    ::testing::Values(
        Case{"membersInOrder",
             R"({"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},
                 "c":{"type":"null"}},"required":["b"]})",
             {R"({"b":null})", R"({"a": null, "b": null, "c": null})", R"({"b":null,"c":null})"},
             {"{}", R"({"a":null})", R"({"b":null,"a":null})", R"({"b":null,"d":null})",
              R"({"b":null,})"}},
        Case{"allOptional",
             R"({"properties":{"a":{"type":"null"},"b":{"type":"null"}},"type":"object"})",
             {"{}", R"({"a":null})", R"({"b":null})", R"({"a":null,"b":null})"},
             {R"({"b":null,"a":null})", R"({"a":null,"a":null})"}},
        Case{"objectWithoutAList", R"({"type":"object"})", {"{}", R"({"x":1,"y":[2]})"}, {"[]"}},
        Case{"otherMembers",
             R"({"type":"object","properties":{"ab":{"type":"null"}},
                 "additionalProperties":{"type":"boolean"}})",
             {R"({"ab":null,"a":true})", R"({"abc":true})", R"({"":true,"b":false})", "{}"},
             {R"({"ab":true})", R"({"a":true,"ab":true})", R"({"\u0061b":true})"}},
        Case{"requiredButNotListed",
             R"({"type":"object","required":["x"],"additionalProperties":{"type":"null"}})",
             {R"({"x":null})", R"({"x":null,"y":null})"},
             {"{}", R"({"y":null})"}},
        Case{"patternProperties",
             R"({"type":"object","properties":{"x-a":{"minimum":5}},
                 "patternProperties":{"^x-":{"type":"integer"}},"additionalProperties":false})",
             {R"({"x-a":7,"x-b":1})", "{}"},
             {R"({"x-a":1})", R"({"x-b":7,"x-a":1})", R"({"y":1})", R"({"x-b":null})"}},
        Case{"propertyNames",
             R"({"type":"object","propertyNames":{"maxLength":2},"additionalProperties":true})",
             {R"({"ab":1})", "{}"},
             {R"({"abc":1})"}},
        Case{"countedMembers",
             R"({"type":"object","properties":{"a":{"type":"null"},"b":{"type":"null"},
                 "c":{"type":"null"}},"minProperties":1,"maxProperties":2})",
             {R"({"a":null})", R"({"a":null,"c":null})", R"({"b":null,"c":null})"},
             {"{}", R"({"a":null,"b":null,"c":null})"}},
        Case{"anArray",
             R"({"type":"array","items":{"type":"null"},"minItems":1,"maxItems":3})",
             {"[null]", "[null, null,null]"},
             {"[]", "[null,null,null,null]", "[1]", "[null,]", "[ null]"}},
        Case{"tuple",
             R"({"type":"array","prefixItems":[{"type":"null"},{"type":"boolean"}],"minItems":1})",
             {"[null]", "[null,true]"},
             {"[]", "[true]", "[null,true,1]"}},
        Case{"tupleAndOthers",
             R"({"type":"array","prefixItems":[{"type":"null"}],"items":{"type":"boolean"},
                 "minItems":2,"maxItems":3})",
             {"[null,true]", "[null,true,false]"},
             {"[null]", "[null,true,true,true]"}},
        Case{"uniqueOfAnEnum",
             R"({"type":"array","items":{"enum":["a","b",1]},"uniqueItems":true,"minItems":1})",
             {R"(["a"])", R"([1,"b","a"])"},
             {"[]", R"(["a","a"])", R"([1,"a",1])"}},
        Case{"manyElements",
             R"({"type":"array","items":{"const":1},"maxItems":2500})",
             {"[]", "[1,1]"},
             {"[2]"}}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    Combinations, SchemaAllows,
    ::testing::Values(
        Case{"anyOf",
             R"({"anyOf":[{"type":"null"},{"type":"integer","maximum":0}]})",
             {"null", "0", "-9"},
             {"1", "true"}},
        Case{"allOfMerges",
             R"({"allOf":[{"type":"object","properties":{"a":{"minimum":3}},"required":["a"]},
                 {"properties":{"a":{"type":"integer","maximum":5},"b":{"type":"null"}}}]})",
             {R"({"a":4})", R"({"a":3,"b":null})"},
             {R"({"a":2})", R"({"a":6})", "{}"}},
        Case{"oneOfByType",
             R"({"oneOf":[{"type":"string"},{"type":"null"}]})",
             {"null", "\"\""},
             {"1"}},
        Case{"oneOfByRequiredMembers",
             R"({"oneOf":[{"type":"object","properties":{"a":{"type":"null"}},"required":["a"]},
                 {"type":"object","properties":{"b":{"type":"null"}},"required":["b"]}]})",
             {R"({"a":null})", R"({"b":null})"},
             {R"({"a":null,"b":null})", "{}"}},
        Case{"oneOfByRange",
             R"({"oneOf":[{"type":"integer","maximum":3},
                                          {"type":"integer","exclusiveMinimum":3}]})",
             {"3", "4"},
             {"null"}},
        Case{"oneOfByAMemberOfAMember",
             R"({"oneOf":[{"type":"object","required":["t"],"properties":{"t":{"type":"object",
                 "required":["k"],"properties":{"k":{"const":1}}}}},{"type":"object",
                 "required":["t"],"properties":{"t":{"type":"object","required":["k"],
                 "properties":{"k":{"enum":[2,3]}}}}}]})",
             {R"({"t":{"k":1}})", R"({"t":{"k":3}})"},
             {R"({"t":{"k":4}})"}},
        Case{"aBranchThatNothingFits",
             R"({"type":"integer","minimum":0,"anyOf":[{"maximum":-1},{"maximum":2}]})",
             {"0", "2"},
             {"-1", "3"}},
        Case{"siblingsOfARef",
             R"({"$ref":"#/$defs/n","maximum":5,"$defs":{"n":{"type":"integer","minimum":3}}})",
             {"3", "5"},
             {"2", "6"}},
        Case{"refsWithEscapes",
             R"({"type":"array","prefixItems":[{"$ref":"#/$defs/a~1b"},{"$ref":"#/$defs/c%25"},
                 {"$ref":"#d"}],"minItems":3,"$defs":{"a/b":{"const":1},"c%":{"const":2},
                 "x":{"$anchor":"d","const":3}}})",
             {"[1,2,3]"},
             {"[1,2,1]"}},
        Case{"recursion",
             R"({"type":"object","properties":{"next":{"$ref":"#"}},"required":[]})",
             {"{}", R"({"next":{"next":{}}})"},
             {R"({"next":null})"}},
        Case{"recursionThatOnlySomeBranchesEnd",
             R"({"$ref":"#/$defs/l","$defs":{"l":{"anyOf":[{"type":"object","required":["l"],
                 "properties":{"l":{"$ref":"#/$defs/l"}}},{"type":"null"}]}}})",
             {"null", R"({"l":{"l":null}})"},
             {"{}"}},
        Case{"optionalMemberThatCanNeverBe",
             R"({"type":"object","properties":{"a":{"enum":[]},"b":{"type":"null"}}})",
             {"{}", R"({"b":null})"},
             {R"({"a":1})"}},
        Case{"trivialKeywords",
             R"({"type":"array","items":true,"not":false,"uniqueItems":false,"if":{"type":"null"},
                 "contains":{"type":"null"},"minContains":0,"title":"x","x-note":1,
                 "nullable":false,"dependentSchemas":{"a":true},"dependentRequired":{"a":[]}})",
             {"[]", "[1,2]"},
             {"null"}},
        Case{"unevaluatedProperties",
             R"({"allOf":[{"$ref":"#/$defs/b"}],"type":"object","properties":{"a":{"type":"null"}},
                 "unevaluatedProperties":false,
                 "$defs":{"b":{"properties":{"b":{"type":"null"}}}}})",
             {R"({"a":null,"b":null})", "{}"},
             {R"({"c":null})"}}),
    name_of);

TEST(AnyObject, isAnyObjectAlsoOneThatIsLaidOut) {
  const Rules rules = rules_of_any_object();
  for (const char* in : {"{}", R"({"a":1})", R"({"a": [1, 2], "b": {"c": null}})",
                         "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}"}) {
    EXPECT_TRUE(testing::fits(rules, in)) << in;
  }
  for (const char* out : {"", "[]", "null", R"({"a"})", "{\"a\":\n1}", "{\n\n}", " {}"}) {
    EXPECT_FALSE(testing::fits(rules, out)) << out;
  }
}

}  // namespace
}  // namespace hearth::constraint
