#include <string>

#include <boost/json/serialize.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include "base/utf8.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/value_text.h"
#include "json/writer.h"

namespace hearth::json {
namespace {

using ::testing::HasSubstr;

Error error_of(std::string_view text, const Limits& limits = {}) {
  auto result = parse(text, limits);
  if (result) ADD_FAILURE() << "accepted: " << text.substr(0, 80);
  return result ? Error{} : result.error();
}

TEST(JsonParse, ReadsEveryKindOfValueAndKeepsTheOrderOfKeys) {
  auto value =
      parse(R"( {"b":[1,-2,3.5,18446744073709551615],"a":{"t":true,"n":null},"s":"\u00e9"} )");
  ASSERT_TRUE(value);
  EXPECT_EQ(boost::json::serialize(*value),
            "{\"b\":[1,-2,3.5E0,18446744073709551615],\"a\":{\"t\":true,\"n\":null},"
            "\"s\":\"\xC3\xA9\"}");
}

TEST(JsonParse, ReadsAStringLongerThanTheParsersOwnBuffer) {
  const std::string long_text(100'000, 'x');
  auto value = parse("{\"" + long_text + "k\\n\":\"" + long_text + "\\n\"}");
  ASSERT_TRUE(value);
  EXPECT_EQ(value->as_object().begin()->key(), long_text + "k\n");
  EXPECT_EQ(value->as_object().begin()->value().as_string(), long_text + "\n");
}

TEST(JsonParse, SaysAtWhichByteTheTextIsBroken) {
  EXPECT_THAT(error_of(R"({"a":1,})").message, HasSubstr("at byte 7"));
  EXPECT_THAT(error_of(R"([1 2])").message, HasSubstr("at byte 3"));
  EXPECT_THAT(error_of("{\"a\":").message, HasSubstr("ends in the middle"));
  EXPECT_THAT(error_of("{} x").message, HasSubstr("more text after the value"));
  EXPECT_THAT(error_of("").message, HasSubstr("ends in the middle"));
  EXPECT_EQ(error_of("nope").code, Code::kInvalidArgument);
}

TEST(JsonParse, RefusesTenThousandLevelsAndTakesSixtyFour) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_THAT(error_of(nested(10'000)).message, HasSubstr("nested deeper than 64 levels"));
  EXPECT_THAT(error_of(nested(65)).message, HasSubstr("nested deeper"));
  EXPECT_TRUE(parse(nested(64)));
  EXPECT_TRUE(parse(nested(3), {.depth = 3}));
  EXPECT_FALSE(parse(nested(4), {.depth = 3}));
}

TEST(JsonParse, RefusesAKeyThatStandsTwiceAndNamesIt) {
  EXPECT_THAT(error_of(R"({"model":"a","x":{"model":1},"model":"b"})").message,
              HasSubstr("\"model\" stands twice"));
  EXPECT_THAT(error_of(R"({"a":1,"\u0061":2})").message, HasSubstr("\"a\" stands twice"));
  EXPECT_TRUE(parse(R"([{"a":1},{"a":{"a":2}}])"));
}

TEST(JsonParse, RefusesWhatIsNotUnicode) {
  EXPECT_EQ(error_of("\"\xFF\"").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("\"\xC0\x80\"").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("\"\xED\xA0\x80\"").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of(R"("\ud800")").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of(R"("\udc00 x")").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of(R"("\ud83d\u0041")").code, Code::kInvalidArgument);
  EXPECT_TRUE(parse(R"("\ud83d\udd25")"));
}

TEST(JsonParse, RefusesWhatIsOverALimit) {
  EXPECT_EQ(error_of("[1,2,3]", {.bytes = 6}).code, Code::kResourceExhausted);
  EXPECT_EQ(error_of("[1,2,3]", {.values = 3}).code, Code::kResourceExhausted);
  EXPECT_TRUE(parse("[1,2,3]", {.values = 4}));
  EXPECT_EQ(error_of("[1e999]").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("[-1e999]").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("[NaN]").code, Code::kInvalidArgument);
  EXPECT_EQ(error_of("[1] // no").code, Code::kInvalidArgument);
}

TEST(JsonNode, NamesThePathOfTheFieldThatIsWrong) {
  const auto value = parse(R"({"messages":[{"content":5}],"t":2.5,"n":null,"big":1e300})").value();
  const Node root(value);
  const auto messages = root.require("messages")->elements().value();
  const auto text = messages[0].require("content")->text();
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message, "messages[0].content must be a string, not a number");
  EXPECT_EQ(text.error().context, "messages[0].content");
  EXPECT_EQ(messages[0].require("role").error().message, "messages[0].role is missing");
  EXPECT_EQ(root.require("t")->integer(0, 9).error().message, "t must be a whole number, not 2.5");
  EXPECT_EQ(root.require("t")->number(0, 2).error().message, "t must be between 0 and 2, not 2.5");
  EXPECT_EQ(root.require("big")->integer(1, 9).error().message,
            "big must be a whole number from 1 to 9");
  EXPECT_EQ(root.text().error().message, "the body must be a string, not an object");
  EXPECT_FALSE(root.find("n"));
}

TEST(JsonNode, ReadsNumbersAsPeopleSendThem) {
  const auto value = parse(R"([3.0, -1, 18446744073709551615, 7])").value();
  const auto nodes = Node(value).elements().value();
  EXPECT_EQ(nodes[0].integer(0, 10).value(), 3);
  EXPECT_EQ(nodes[1].bits64().value(), 18446744073709551615ULL);
  EXPECT_EQ(nodes[2].bits64().value(), 18446744073709551615ULL);
  EXPECT_FALSE(nodes[2].integer(0, 10));
  EXPECT_DOUBLE_EQ(nodes[3].number(0, 10).value(), 7.0);
}

TEST(JsonWriter, WritesCommasWhereTheyBelong) {
  Writer json;
  json.open('{').key("a").open('[').number(1).number(2.5).null().close(']');
  json.key("b").open('{').close('}').key("c").text("x\"\n\x01").key("d").boolean(false).close('}');
  EXPECT_EQ(json.str(), R"({"a":[1,2.5,null],"b":{},"c":"x\"\n\u0001","d":false})");
}

TEST(JsonWriter, TakesWhatIsJsonAlready) {
  Writer json;
  json.open('[').number(1).verbatim(R"({"a": [1]})").verbatim("2").close(']');
  EXPECT_EQ(json.str(), R"([1,{"a": [1]},2])");
}

TEST(JsonValueText, KeepsOrderAndEveryNumber) {
  for (const char* text :
       {R"({"b":1,"a":[true,false,null,-7,18446744073709551615,0.1,1.5],"c":{"d":"x\"\n\u0001"}})",
        "[]", "{}", R"("é")", "0", "9007199254740993"}) {
    const auto value = parse(text);
    ASSERT_TRUE(value);
    EXPECT_EQ(value_text(*value), text);
    EXPECT_EQ(Node(*value).json(), text);
  }
  const auto large = parse("1e300");
  ASSERT_TRUE(large);
  EXPECT_EQ(*parse(value_text(*large)), *large);
}

TEST(JsonWriter, RepairsBytesThatAreNotUtf8) {
  std::string out;
  append_quoted(out, "a\xFFz");
  EXPECT_EQ(out, "\"a\xEF\xBF\xBDz\"");
}

TEST(JsonWriter, EveryTextComesBackAsItWas) {
  EXPECT_TRUE(rc::check("append_quoted, then parse, is the identity on UTF-8",
                        [](const std::string& bytes) {
                          const std::string text = base::repair_utf8(bytes);
                          std::string out;
                          append_quoted(out, text);
                          const auto value = parse(out);
                          RC_ASSERT(value.has_value());
                          RC_ASSERT(value->as_string() == text);
                        }));
}

}  // namespace
}  // namespace hearth::json
