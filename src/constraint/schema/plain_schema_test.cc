#include "constraint/plain_schema.h"

#include <random>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>

namespace hearth::constraint {
namespace {

namespace bj = boost::json;

Result<std::string> made_plain(std::string_view schema, Plainness how = Plainness::kTyped) {
  Effort effort;
  return plain_schema(schema, how, effort);
}

bj::value plain(std::string_view schema, Plainness how = Plainness::kTyped) {
  const auto made = made_plain(schema, how);
  EXPECT_TRUE(made) << made.error().message;
  return made ? bj::parse(*made) : bj::value();
}

// Of the one property of an object.
bj::value plain_property(const std::string& schema, Plainness how = Plainness::kTyped) {
  const bj::value whole = plain(R"({"type":"object","properties":{"a":)" + schema +
                                    R"(},"$defs":{"x":{"type":"string","description":"An x."},
                                        "loop":{"anyOf":[{"type":"null"},{"$ref":"#/$defs/loop"}]},
                                        "unit":{"enum":["c","f"]}}})",
                                how);
  return whole.at("properties").at("a");
}

struct Pair {
  const char* schema;
  const char* plain;
};

TEST(PlainSchema, SaysOneTypeOfEachValueAndTellsTheOthers) {
  const Pair pairs[] = {
      {R"({"type":["string","null"]})", R"({"type":"string","description":"Also allowed: null."})"},
      {R"({"anyOf":[{"type":"null"},{"type":"integer"}],"description":"How many."})",
       R"({"type":"integer","description":"How many. Also allowed: null."})"},
      {R"({"oneOf":[{"type":"array","items":{"type":"string"}},{"type":"string"}]})",
       R"({"type":"array","items":{"type":"string"},"description":"Also allowed: string."})"},
      {R"({"enum":["a","b"]})", R"({"type":"string","enum":["a","b"]})"},
      {R"({"enum":["a",2,null]})",
       R"({"type":"string","enum":["a"],"description":"Also allowed: 2, null."})"},
      {R"({"type":"string","enum":["a",null]})", R"({"type":"string","enum":["a"]})"},
      {R"({"const":3})", R"({"type":"integer","enum":[3]})"},
      {R"({"anyOf":[{"const":"a"},{"const":"b"}]})", R"({"type":"string","enum":["a","b"]})"},
      {R"({"anyOf":[{"const":"a"},{"type":"string"}]})", R"({"type":"string"})"},
      {R"({"minimum":1})", R"({"type":"number","minimum":1})"},
      {R"({"type":"string","maxLength":5,"default":"x","not":{"const":"y"}})",
       R"({"type":"string","maxLength":5,"default":"x"})"},
      {R"({"type":"string","default":null})", R"({"type":"string"})"},
      {"true", R"({"type":"string","description":"Any JSON value is allowed."})"},
      {R"({"description":"What."})",
       R"({"type":"string","description":"What. Any JSON value is allowed."})"},
      {"false", R"({"type":"null"})"},
      {R"({"type":"null"})", R"({"type":"null"})"}};
  for (const Pair& pair : pairs)
    EXPECT_EQ(plain_property(pair.schema), bj::parse(pair.plain)) << pair.schema;
}

TEST(PlainSchema, FollowsReferencesAndPutsTogetherWhatHolds) {
  const Pair pairs[] = {{R"({"$ref":"#/$defs/x"})", R"({"type":"string","description":"An x."})"},
                        {R"({"allOf":[{"$ref":"#/$defs/x"}],"description":"Mine.","minLength":2})",
                         R"({"type":"string","description":"Mine.","minLength":2})"},
                        {R"({"anyOf":[{"$ref":"#/$defs/unit"},{"type":"null"}]})",
                         R"({"type":"string","enum":["c","f"]})"},
                        {R"({"$ref":"#/$defs/loop"})", R"({"type":"null"})"},
                        {R"({"$ref":"#/$defs/none"})",
                         R"({"type":"string","description":"Any JSON value is allowed."})"}};
  for (const Pair& pair : pairs)
    EXPECT_EQ(plain_property(pair.schema), bj::parse(pair.plain)) << pair.schema;
}

TEST(PlainSchema, ListsSayOfWhatAndObjectsWhatIsInThem) {
  const Pair pairs[] = {
      {R"({"type":"array"})", R"({"type":"array","items":{}})"},
      {R"({"type":"array","items":true})", R"({"type":"array","items":{}})"},
      {R"({"type":"array","items":{"enum":["x"]},"minItems":1})",
       R"({"type":"array","items":{"type":"string","enum":["x"]},"minItems":1})"},
      {R"({"type":"array","prefixItems":[{"type":"string"}]})", R"({"type":"array","items":{}})"},
      {R"({"additionalProperties":{"type":["integer","null"]}})",
       R"({"type":"object","additionalProperties":{"type":"integer",
           "description":"Also allowed: null."}})"},
      {R"({"properties":{"b":{"$ref":"#/$defs/unit"},"c":true},"required":["b","d","b"],
           "additionalProperties":false})",
       R"({"type":"object","properties":{"b":{"type":"string","enum":["c","f"]},
           "c":{"type":"string","description":"Any JSON value is allowed."}},"required":["b"]})"},
      {R"({"anyOf":[{"properties":{"k":{"const":1}},"required":["k"]},
                    {"properties":{"k":{"const":2},"l":{"type":"boolean"}}}]})",
       R"({"type":"object","properties":{"k":{"type":"integer","enum":[1]},
           "l":{"type":"boolean"}}})"}};
  for (const Pair& pair : pairs)
    EXPECT_EQ(plain_property(pair.schema), bj::parse(pair.plain)) << pair.schema;
}

TEST(PlainSchema, OfScalarsTellsInWordsWhatElseAPropertyIs) {
  EXPECT_EQ(
      plain_property(R"({"type":"array","description":"Tags."})", Plainness::kScalars),
      bj::parse(R"({"description":"Tags. As a JSON schema: {\"type\":\"array\",\"items\":{}}"})"));
  EXPECT_EQ(plain_property(R"({"type":"null"})", Plainness::kScalars),
            bj::parse(R"({"description":"As a JSON schema: {\"type\":\"null\"}"})"));
  EXPECT_EQ(plain_property(R"({"type":["integer","null"]})", Plainness::kScalars),
            plain_property(R"({"type":["integer","null"]})"));
}

TEST(PlainSchema, TheWholeIsAnObjectWithProperties) {
  const bj::value none = bj::parse(R"({"type":"object","properties":{}})");
  EXPECT_EQ(plain("{}"), none);
  EXPECT_EQ(plain("{}", Plainness::kScalars), none);
  EXPECT_EQ(plain(R"({"$ref":"#/$defs/t","$defs":{"t":{"required":["a"],
                      "properties":{"a":{"type":"boolean"}}}}})"),
            bj::parse(R"({"type":"object","properties":{"a":{"type":"boolean"}},
                          "required":["a"]})"));
}

TEST(PlainSchema, EndsWhereASchemaDoesNot) {
  EXPECT_EQ(plain(R"({"properties":{"value":{"type":"integer"},
                      "next":{"anyOf":[{"$ref":"#"},{"type":"null"}]}}})"),
            bj::parse(R"({"type":"object","properties":{"value":{"type":"integer"},
                          "next":{"type":"object","description":"Also allowed: null."}}})"));
  EXPECT_EQ(plain(R"({"$ref":"#"})"), bj::parse(R"({"type":"object","properties":{}})"));
  std::string deep = R"({"type":"null"})";
  for (int i = 0; i < 90; ++i)
    deep.insert(0, R"({"type":"array","items":)").append("}");
  EXPECT_EQ(plain_property(deep).at("items").at("items").at("type"), "array");
}

TEST(PlainSchema, IsOfAnObject) {
  for (const char* schema : {"true", "[1]", "{", ""}) {
    const auto made = made_plain(schema);
    ASSERT_FALSE(made) << schema;
    EXPECT_EQ(made.error().code, Code::kInvalidArgument);
  }
}

std::size_t bytes_max(std::string_view schema) {
  return (kPlainGrowth * schema.size()) + kPlainBytesFree;
}

// Each definition refers to the next so often that all of it written out would fill any memory.
TEST(PlainSchema, DefinitionsThatMultiplySayLessOfWhatIsDeep) {
  const std::string words(300, 'w');
  std::string definitions;
  for (int i = 0; i < 20; ++i) {
    definitions += (i == 0 ? "\"d" : ",\"d") + std::to_string(i) + R"(":{"description":")" + words +
                   R"(","properties":{)";
    for (int j = 0; j < 10; ++j) {
      definitions += (j == 0 ? "\"p" : ",\"p") + std::to_string(j) + R"(":{"$ref":"#/$defs/d)" +
                     std::to_string((i + 1) % 20) + "\"}";
    }
    definitions += "}}";
  }
  const std::string schema = R"({"properties":{"first":{"$ref":"#/$defs/d0"},
      "last":{"type":"string","description":"The last."}},"$defs":{)" +
                             definitions + "}}";
  const auto made = made_plain(schema);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_LE(made->size(), bytes_max(schema));
  const bj::value whole = bj::parse(*made);
  EXPECT_EQ(whole.at("properties").at("last").at("description"), "The last.");
  EXPECT_EQ(whole.at("properties").at("first").at("description"), bj::string(words));
  EXPECT_EQ(whole.at("properties").at("first").at("properties").at("p9").at("type"), "object");
}

TEST(PlainSchema, WorkOnManySchemasIsBoundedTogether) {
  const std::string words(100'000, 'w');
  const std::string schema =
      R"({"properties":{"a":{"type":"string","description":")" + words + R"("}}})";
  Effort effort;
  ASSERT_TRUE(plain_schema(schema, Plainness::kTyped, effort));
  int made = 1;
  while (made < 1'000 && plain_schema(schema, Plainness::kTyped, effort))
    ++made;
  EXPECT_GT(made, 10);
  EXPECT_LT(made, 1'000);
  base::CancelSource gone;
  gone.cancel();
  Effort cancelled(gone.token());
  const auto given_up = plain_schema(schema, Plainness::kTyped, cancelled);
  ASSERT_FALSE(given_up);
  EXPECT_EQ(given_up.error().code, Code::kCancelled);
}

// --- schemas at random

class Dice {
 public:
  explicit Dice(std::uint32_t seed) : random_(seed) {}
  std::size_t below(std::size_t end) { return random_() % end; }

 private:
  std::mt19937 random_;
};

bj::value random_schema(Dice& dice, int depth);

bj::array random_list(Dice& dice, int depth) {
  bj::array list;
  for (std::size_t i = 0; i < dice.below(4); ++i)
    list.push_back(random_schema(dice, depth - 1));
  return list;
}

bj::object random_members(Dice& dice, int depth) {
  bj::object members;
  for (std::size_t i = 0; i < dice.below(5); ++i)
    members["m" + std::to_string(dice.below(6))] = random_schema(dice, depth - 1);
  return members;
}

// What stands under a keyword may be of the wrong kind, too.
bj::value random_schema(Dice& dice, int depth) {
  if (depth <= 0 && dice.below(3) == 0) return dice.below(2) == 0;
  const std::string definition = "#/$defs/m" + std::to_string(dice.below(6));
  const bj::value types[] = {"string",
                             "null",
                             "array",
                             "object",
                             7,
                             bj::array{"null", "integer"},
                             bj::array{"object", "x", nullptr},
                             bj::array{}};
  bj::object schema;
  for (std::size_t i = 0; i < 1 + dice.below(3); ++i) {
    switch (dice.below(12)) {
      case 0:
        schema["type"] = types[dice.below(std::size(types))];
        break;
      case 1:
        schema["$ref"] = definition;
        break;
      case 2:
        schema["anyOf"] = random_list(dice, depth);
        break;
      case 3:
        schema["oneOf"] = random_list(dice, depth);
        break;
      case 4:
        schema["allOf"] = random_list(dice, depth);
        break;
      case 5:
        schema["properties"] = random_members(dice, depth);
        break;
      case 6:
        schema["items"] = random_schema(dice, depth - 1);
        break;
      case 7:
        schema["enum"] = {"\"\n\x01", 1, 2.5, nullptr, bj::array{1}, true};
        break;
      case 8:
        schema["description"] = std::string(dice.below(200), '\x02');
        break;
      case 9:
        schema["required"] = {"m1", "m2", 3, "m1"};
        break;
      case 10:
        schema["additionalProperties"] = random_schema(dice, depth - 1);
        break;
      default:
        schema["const"] = bj::object{{"a", 1}};
        break;
    }
  }
  return schema;
}

void expect_plain(const bj::value& value, int depth) {
  ASSERT_TRUE(value.is_object());
  ASSERT_TRUE(value.at("type").is_string());
  ASSERT_LE(depth, static_cast<int>(kPlainDepthMax));
  const bj::string& type = value.at("type").get_string();
  const bj::object& schema = value.get_object();
  for (const char* name : {"$ref", "anyOf", "oneOf", "allOf", "const", "$defs"})
    EXPECT_FALSE(schema.contains(name)) << name;
  EXPECT_EQ(schema.contains("items"), type == "array");
  if (type == "array" && !schema.at("items").get_object().empty())
    expect_plain(schema.at("items"), depth + 1);
  if (const auto* rest = schema.if_contains("additionalProperties")) expect_plain(*rest, depth + 1);
  if (const auto* members = schema.if_contains("properties")) {
    for (const auto& member : members->as_object())
      expect_plain(member.value(), depth + 1);
  }
}

TEST(PlainSchema, WhateverASchemaSaysItsPlainFormIsPlainAndBounded) {
  for (std::uint32_t seed = 0; seed < 3'000 && !::testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    Dice dice(seed);
    bj::object schema{{"properties", random_members(dice, 4)}, {"$defs", random_members(dice, 4)}};
    const std::string text = bj::serialize(schema);
    const auto made = made_plain(text);
    ASSERT_TRUE(made) << made.error().message << text;
    EXPECT_LE(made->size(), bytes_max(text)) << text;
    const bj::value plain = bj::parse(*made);
    expect_plain(plain, 0);
    EXPECT_EQ(plain.at("properties").get_object().size(), schema["properties"].get_object().size());
    const auto scalars = made_plain(text, Plainness::kScalars);
    ASSERT_TRUE(scalars);
    EXPECT_LE(scalars->size(), 2 * bytes_max(text));
  }
}

}  // namespace
}  // namespace hearth::constraint
