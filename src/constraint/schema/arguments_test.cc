#include "constraint/arguments.h"

#include <gmock/gmock.h>

#include "constraint/testing/rule_reader.h"
#include "constraint/testing/rule_sampler.h"

namespace hearth::constraint {
namespace {

using ::testing::AllOf;
using testing::fits;
using ::testing::HasSubstr;

Writing raw(std::string end) {
  Writing writing;
  writing.kind = Writing::Kind::kRaw;
  writing.after = end;
  writing.end = std::move(end);
  return writing;
}

Writing json() {
  Writing writing;
  writing.after = ";";
  return writing;
}

// a=…; b=…; and so on. What is around a value is a rule of which the name is the text.
ArgumentList list_of(const std::vector<std::string>& names, const std::vector<Writing>& writings) {
  ArgumentList list;
  for (const std::string& name : names) {
    Argument argument{name, writings, false};
    for (Writing& writing : argument.writings)
      writing.before = name + "=";
    list.arguments.push_back(std::move(argument));
  }
  list.between = " ";
  return list;
}

Result<Rules> rules_of(const std::string& schema, const ArgumentList& list) {
  Result<Rules> rules = rules_of_arguments(schema, list);
  if (!rules) return rules;
  for (Rule& rule : rules->rules) {
    const bool around = rule.name == " " || rule.name.ends_with('=') || rule.name.ends_with(';') ||
                        rule.name.ends_with('>');
    if (around) rule.body = text(rule.name);
  }
  return rules;
}

std::string object(const std::string& members, const std::string& rest = "") {
  return R"({"type":"object","properties":{)" + members + "}" + rest + "}";
}

// Whether a raw string is one that a schema of it allows.
bool allows(const std::string& schema, const std::string& string, std::string end = "</a>") {
  const auto rules =
      rules_of(object(R"("a":)" + schema, R"(,"required":["a"])"), list_of({"a"}, {raw(end)}));
  EXPECT_TRUE(rules) << rules.error().message;
  return rules && fits(*rules, "a=" + string + end);
}

TEST(Arguments, AStringStandsAsItIs) {
  EXPECT_TRUE(allows(R"({"type":"string"})", "any \"text\" <b>\nof \xC3\xA9"));
  EXPECT_TRUE(allows(R"({"type":"string"})", ""));
  EXPECT_TRUE(allows(R"({"enum":["x y","z"]})", "x y"));
  EXPECT_FALSE(allows(R"({"enum":["x y","z"]})", "x"));
  EXPECT_FALSE(allows(R"({"enum":["x y","z"]})", "\"z\""));
  EXPECT_TRUE(allows(R"({"const":"on"})", "on"));
  EXPECT_TRUE(allows(R"({"type":"string","pattern":"^[a-c]+$"})", "abc"));
  EXPECT_FALSE(allows(R"({"type":"string","pattern":"^[a-c]+$"})", "abd"));
  EXPECT_TRUE(allows(R"({"type":"string","format":"date"})", "2024-02-29"));
  EXPECT_FALSE(allows(R"({"type":"string","format":"date"})", "2023-02-29"));
  EXPECT_TRUE(allows(R"({"type":"string","minLength":2,"maxLength":3})", "\xC3\xA9\xC3\xA9"));
  EXPECT_FALSE(allows(R"({"type":"string","minLength":2,"maxLength":3})", "abcd"));
  EXPECT_FALSE(allows(R"({"type":"string","minLength":2,"maxLength":3})", "a"));
}

TEST(Arguments, AStringNeverContainsTheMarkBehindIt) {
  for (const char* schema : {R"({"type":"string"})", R"({"type":"string","maxLength":30})",
                             R"({"type":"string","pattern":"^.*$"})"}) {
    EXPECT_TRUE(allows(schema, "a < b, </ab>, </"));
    EXPECT_FALSE(allows(schema, "a</a>b"));
  }
  EXPECT_FALSE(allows(R"({"enum":["x</a>","y"]})", "x</a>"));
}

// Behind "x>a" the mark ">a>" would be found a character too early.
TEST(Arguments, AStringNeverBeginsTheMarkBehindIt) {
  EXPECT_TRUE(allows(R"({"type":"string"})", "x>a b", ">a>"));
  EXPECT_FALSE(allows(R"({"type":"string"})", "x>a", ">a>"));
  EXPECT_FALSE(allows(R"({"type":"string","maxLength":9})", "x>a", ">a>"));
}

TEST(Arguments, LongStringsWithALimitDoWithoutASignOfTheMark) {
  const std::string schema = R"({"type":"string","maxLength":900})";
  EXPECT_TRUE(allows(schema, std::string(900, 'x')));
  EXPECT_FALSE(allows(schema, std::string(901, 'x')));
  EXPECT_FALSE(allows(schema, "a < b"));
}

TEST(Arguments, OfSeveralTypesAStringIsNoneThatIsReadAsAnother) {
  const auto rules = rules_of(object(R"("a":{"type":["string","integer","null"],"minimum":3})"),
                              list_of({"a"}, {json(), raw("</a>")}));
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, "a=7;"));
  EXPECT_TRUE(fits(*rules, "a=word</a>"));
  EXPECT_FALSE(fits(*rules, "a=2</a>"));
  EXPECT_FALSE(fits(*rules, "a=null</a>"));
  EXPECT_FALSE(fits(*rules, "a=[1]</a>"));
  EXPECT_TRUE(fits(*rules, "a=2 words</a>"));
}

TEST(Arguments, ThoseThatAreRequiredAreThereAndNoneTwiceInAnyOrder) {
  const auto rules =
      rules_of(object(R"("a":{"type":"integer"},"b":{"type":"boolean"},"c":{"type":"null"})",
                      R"(,"required":["b"])"),
               list_of({"a", "b", "c"}, {json()}));
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, "b=true;"));
  EXPECT_TRUE(fits(*rules, "c=null; b=true; a=5;"));
  EXPECT_TRUE(fits(*rules, "a=5; b=true;"));
  EXPECT_FALSE(fits(*rules, "a=5; c=null;"));
  EXPECT_FALSE(fits(*rules, "b=true; b=true;"));
  EXPECT_FALSE(fits(*rules, ""));
}

TEST(Arguments, ThoseThatLeadComeFirst) {
  ArgumentList list = list_of({"a", "b", "c"}, {json()});
  list.arguments[1].leads = true;
  const auto rules = rules_of(
      object(R"("a":{"const":1},"b":{"const":1},"c":{"const":1})", R"(,"required":["b"])"), list);
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, "b=1; c=1; a=1;"));
  EXPECT_FALSE(fits(*rules, "a=1; b=1;"));
}

TEST(Arguments, ManyKeepTheOrderInWhichTheyAreListed) {
  std::string members;
  std::vector<std::string> names;
  for (const char letter : std::string("abcdefgh")) {
    names.emplace_back(1, letter);
    members += (members.empty() ? "\"" : ",\"") + names.back() + R"(":{"const":1})";
  }
  const auto rules =
      rules_of(object(members, R"(,"required":["c"],"maxProperties":3)"), list_of(names, {json()}));
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, "c=1;"));
  EXPECT_TRUE(fits(*rules, "a=1; c=1; h=1;"));
  EXPECT_FALSE(fits(*rules, "a=1; b=1; c=1; h=1;"));
  EXPECT_FALSE(fits(*rules, "h=1; c=1;"));
  EXPECT_FALSE(fits(*rules, "a=1; b=1;"));
}

TEST(Arguments, CountsThatNoneReachEndSoon) {
  std::vector<std::string> names;
  std::string members;
  for (int i = 0; i < 31; ++i) {
    names.push_back("m" + std::to_string(i));
    members += (i == 0 ? "\"" : ",\"") + names.back() + "\":{}";
  }
  const auto rules = rules_of_arguments(object(members, R"(,"minProperties":576460752303423487)"),
                                        list_of(names, {json()}));
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().message, HasSubstr("this model's calls"));
}

// Objects by their members, in objects by their members, with a choice at each.
TEST(Arguments, AlternativesThatMultiplyAreRefused) {
  std::string schema = object(R"("a":{})");
  ArgumentList list = list_of({"a"}, {json()});
  for (int depth = 0; depth < 8; ++depth) {
    std::string ways;
    for (int i = 0; i < 20; ++i)
      ways += std::string(i == 0 ? "" : ",") + R"({"maxProperties":)" + std::to_string(i + 1) + "}";
    schema = object(R"("a":)" + schema, R"(,"anyOf":[)" + ways + "]");
    Writing nested;
    nested.kind = Writing::Kind::kMembers;
    nested.members = std::make_shared<ArgumentList>(list);
    list = list_of({"a"}, {nested});
  }
  const auto rules = rules_of_arguments(schema, list);
  ASSERT_FALSE(rules);
  EXPECT_THAT(rules.error().message, HasSubstr("20000 rules"));
}

TEST(Arguments, AlternativesOfTheWholeAreKept) {
  const auto rules = rules_of(
      R"({"type":"object","properties":{"a":{"const":1},"b":{"const":2}},
          "anyOf":[{"required":["a"]},{"required":["b"]}]})",
      list_of({"a", "b"}, {json()}));
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, "a=1;"));
  EXPECT_TRUE(fits(*rules, "b=2; a=1;"));
  EXPECT_FALSE(fits(*rules, ""));
}

TEST(Arguments, ReferencesMeanTheWholeDocument) {
  const auto rules = rules_of(object(R"("a":{"$ref":"#/$defs/x"},"b":{"$ref":"#here"})",
                                     R"(,"required":["a"],"$defs":{"x":{"enum":["p","q"]},
                 "y":{"$anchor":"here","pattern":"^r+$","type":"string"}})"),
                              list_of({"a", "b"}, {raw("</v>")}));
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, "a=q</v> b=rr</v>"));
  EXPECT_FALSE(fits(*rules, "a=q</v> b=q</v>"));
}

TEST(Arguments, WhatIsRequiredAndCannotBeWrittenIsRefused) {
  const auto absent = rules_of_arguments(object(R"("a":{},"b":{})", R"(,"required":["b"])"),
                                         list_of({"a"}, {json()}));
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Code::kInvalidArgument);
  EXPECT_THAT(absent.error().message, HasSubstr("this model's calls"));
  const auto marked = rules_of_arguments(object(R"("a":{"const":"</a>"})", R"(,"required":["a"])"),
                                         list_of({"a"}, {raw("</a>")}));
  ASSERT_FALSE(marked);
  EXPECT_THAT(marked.error().message, HasSubstr("this model's calls"));
  EXPECT_TRUE(rules_of_arguments(object(R"("a":{"const":"</a>"})"), list_of({"a"}, {raw("</a>")})));
}

TEST(Arguments, AWholeDocumentIsAnObject) {
  const auto rules = rules_of_arguments(R"({"properties":{"a":{"const":1}}})", Notation::kJson);
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, R"({"a":1})"));
  EXPECT_FALSE(fits(*rules, "5"));
}

TEST(Arguments, ANameThatIsRequiredAndCannotBeWrittenIsNamed) {
  const auto flat =
      rules_of_arguments(object(R"("c:d":{})", R"(,"required":["c:d"])"), Notation::kGemma);
  ASSERT_FALSE(flat);
  EXPECT_EQ(flat.error().code, Code::kInvalidArgument);
  EXPECT_EQ(flat.error().context, "/required");
  EXPECT_THAT(flat.error().message,
              AllOf(HasSubstr("the name \"c:d\" cannot be written"), HasSubstr("another one")));
  const auto deep = rules_of_arguments(
      object(R"("a":{"type":"object","required":[" b"]})", R"(,"required":["a"])"),
      Notation::kGemma);
  ASSERT_FALSE(deep);
  EXPECT_EQ(deep.error().context, "/properties/a/required");
  EXPECT_THAT(deep.error().message, HasSubstr("\" b\""));
  EXPECT_TRUE(rules_of_arguments(
      object(R"("a":{"anyOf":[{"type":"object","required":["c:d"]},{"type":"null"}]})",
             R"(,"required":["a"])"),
      Notation::kGemma))
      << "there is another way to write it";
  const auto listed =
      rules_of_arguments(object(R"("n":{})", R"(,"required":["n","m"])"), ArgumentList{});
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().context, "/required");
  EXPECT_THAT(listed.error().message, HasSubstr("no place for \"n\""));
}

TEST(Arguments, GemmaWritesKeysAndStringsInItsOwnWay) {
  const auto rules = rules_of_arguments(
      object(R"("a b":{"type":"string","pattern":"^x+$"},"c:d":{},"e":{"enum":["f",["g"]]},
                "h":{"type":"array","items":{"type":"string","maxLength":2}})",
             R"(,"required":["a b"])"),
      Notation::kGemma);
  ASSERT_TRUE(rules);
  EXPECT_TRUE(fits(*rules, R"({a b:<|"|>xx<|"|>,e:[<|"|>g<|"|>],h:[<|"|>"<<|"|>]})"));
  EXPECT_FALSE(fits(*rules, R"({"a b":"xx"})"));
  EXPECT_FALSE(fits(*rules, R"({a b:<|"|>y<|"|>})"));
  EXPECT_FALSE(fits(*rules, R"({a b:<|"|>x<|"|>,c:d:1})"));
  EXPECT_FALSE(fits(*rules, R"({a b:<|"|>x<|"|>,h:[<|"|>abc<|"|>]})"));
}

}  // namespace
}  // namespace hearth::constraint
