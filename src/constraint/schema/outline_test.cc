#include "constraint/outline.h"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>

namespace hearth::constraint {
namespace {

using ::testing::HasSubstr;

boost::json::value plain(std::string_view schema) {
  const auto outline = outline_of(schema);
  EXPECT_TRUE(outline) << outline.error().message;
  return outline ? boost::json::parse(outline->plain) : boost::json::value();
}

TEST(Outline, SaysMembersAndTheirTypes) {
  EXPECT_EQ(plain(R"({"type":"object","properties":{
              "a":{"type":"string","pattern":"^(?=x)y$"},"b":{"enum":[1,true]},
              "c":{"$ref":"#/$defs/c"},"d":{},"e":{"type":"array","items":{"const":"f"}}},
              "required":["a"],"$defs":{"c":{"type":"object","properties":{"g":{"type":"null"}}}},
              "not":{}})"),
            boost::json::parse(R"({"type":"object","properties":{
              "a":{"type":"string"},"b":{"type":["boolean","integer"]},
              "c":{"type":"object","properties":{"g":{"type":"null"}}},"d":{},
              "e":{"type":"array","items":{"type":"string"}}},"required":["a"]})"));
}

TEST(Outline, PutsTogetherWhatMustAllHoldAndWhatMay) {
  EXPECT_EQ(plain(R"({"allOf":[{"required":["a"]},{"properties":{"a":{"type":["null","string"]}}}],
              "anyOf":[{"properties":{"a":{"type":"string"},"b":{"type":"string"}},
                        "required":["b"]},
                       {"properties":{"b":{"type":"integer"}},"required":["b","c"]}]})"),
            boost::json::parse(R"({"type":"object","properties":{
              "a":{"type":"string"},"b":{"type":["integer","string"]},"c":{}},
              "required":["a","b"]})"));
}

TEST(Outline, MembersHaveNumbersInTheTextForOthers) {
  const auto outline = outline_of(R"({"type":"object","properties":{"a_b":{"type":"string"},
      "a.b":{"type":"object","properties":{"c":{}}}},"required":["a.b"]})",
                                  5);
  ASSERT_TRUE(outline);
  EXPECT_EQ(boost::json::parse(outline->text), boost::json::parse(R"({"type":"object","properties":{
      "hearthmember5x":{"type":"string"},
      "hearthmember6x":{"type":"object","properties":{"hearthmember7x":{}}}},
      "required":["hearthmember6x"]})"));
  ASSERT_EQ(outline->members.size(), 3U);
  EXPECT_EQ(outline->members[1].name, "a.b");
  EXPECT_TRUE(outline->members[1].required);
}

TEST(Outline, EndsWhereASchemaDoesNot) {
  EXPECT_TRUE(outline_of(R"({"type":"object","properties":{"a":{"$ref":"#"},"b":{"$ref":"#"}}})"));
  EXPECT_TRUE(outline_of(R"({"$ref":"#"})"));
}

// Each of many references would bring thousands of names along.
TEST(Outline, NamesThatMultiplyEndSoon) {
  std::string names = "\"a0\"";
  for (int i = 1; i < 9'000; ++i)
    names += ",\"a" + std::to_string(i) + "\"";
  std::string members = R"("p0":{"$ref":"#/$defs/a"})";
  for (int i = 1; i < 600; ++i)
    members += ",\"p" + std::to_string(i) + R"(":{"$ref":"#/$defs/a"})";
  const auto outline =
      outline_of(R"({"type":"object","properties":{)" + members +
                 R"(},"$defs":{"a":{"type":"object","required":[)" + names + "]}}}");
  ASSERT_TRUE(outline) << outline.error().message;
  EXPECT_LE(outline->members.size(), kOutlineStepsMax);
  EXPECT_GE(outline->members.size(), 600U);
}

TEST(Outline, IsOfASchemaThatAllowsObjects) {
  for (const char* schema : {R"({"type":"string"})", "true", "[1]", "{"}) {
    const auto outline = outline_of(schema);
    ASSERT_FALSE(outline) << schema;
    EXPECT_EQ(outline.error().code, Code::kInvalidArgument);
    EXPECT_THAT(outline.error().message, HasSubstr("schema"));
  }
}

}  // namespace
}  // namespace hearth::constraint
