#include "cli/connect/json_edit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::cli {
namespace {

using ::testing::HasSubstr;

std::string with(const std::string& text, const JsonPath& path, const std::string& value) {
  const auto result = json_with(text, path, value);
  EXPECT_TRUE(result) << result.error().message;
  return result.value_or("");
}

TEST(JsonEdit, NothingBecomesAnObject) {
  const std::string expected = "{\n  \"env\": {\n    \"A\": \"x\"\n  }\n}\n";
  EXPECT_EQ(with("", {"env", "A"}, R"("x")"), expected);
  EXPECT_EQ(with(" \n", {"env", "A"}, R"("x")"), expected);
  EXPECT_EQ(with("{ }\n", {"env", "A"}, R"("x")"), expected);
}

TEST(JsonEdit, EveryOtherByteStays) {
  const std::string text =
      "{\n\t\"b\" : [1.0, 1e2, {\"}\": \"\\\"]\"}],\n\t\"env\": {\"A\": \"old\" , \"Z\":2},"
      "\"a\":12345678901234567890 }";
  EXPECT_EQ(with(text, {"env", "A"}, R"("new")"),
            "{\n\t\"b\" : [1.0, 1e2, {\"}\": \"\\\"]\"}],\n\t\"env\": {\"A\": \"new\" , \"Z\":2},"
            "\"a\":12345678901234567890 }");
  EXPECT_EQ(with(text, {"c"}, "7"),
            "{\n\t\"b\" : [1.0, 1e2, {\"}\": \"\\\"]\"}],\n\t\"env\": {\"A\": \"old\" , \"Z\":2},"
            "\"a\":12345678901234567890,\n  \"c\": 7 }");
}

TEST(JsonEdit, TheSameValueChangesNothing) {
  const std::string text = R"({"env":{"\u0041":"\u0078"}})";
  EXPECT_EQ(with(text, {"env", "A"}, R"("x")"), text);
  const std::string once = with("{}", {"a", "b", "c"}, "1");
  EXPECT_EQ(with(once, {"a", "b", "c"}, "1"), once);
}

TEST(JsonEdit, WhatIsNoObjectIsRefused) {
  EXPECT_THAT(json_with("{} // mine", {"a"}, "1").error().message, HasSubstr("cannot be read"));
  EXPECT_THAT(json_with("[]", {"a"}, "1").error().message, HasSubstr("no object"));
  EXPECT_THAT(json_with(R"({"env":[]})", {"env", "a"}, "1").error().message, HasSubstr("'env'"));
  EXPECT_THAT(json_with(R"({"a":1,"a":2})", {"a"}, "1").error().message, HasSubstr("cannot"));
}

TEST(JsonEdit, AMemberIsTakenOutWhereItIsTheOneThatIsMeant) {
  const auto without = [](const std::string& text) {
    return json_without(text, {"env", "A"}, R"("x")").value_or("failed");
  };
  EXPECT_EQ(without(R"({"env":{"A":"x"}})"), R"({"env":{}})");
  EXPECT_EQ(without(R"({"env":{"A":"x", "B":1}})"), R"({"env":{ "B":1}})");
  EXPECT_EQ(without(R"({"env":{"B":1, "A":"x"}})"), R"({"env":{"B":1}})");
  EXPECT_EQ(without(R"({"env":{"B":1, "A":"x", "C":2}})"), R"({"env":{"B":1, "C":2}})");
  for (const char* other : {"", R"({"env":{"A":"y"}})", R"({"A":"x"})", R"({"env":{}})"})
    EXPECT_EQ(without(other), other);
  EXPECT_TRUE(*json_has(R"({"env":{"A":null}})", {"env", "A"}));
  EXPECT_FALSE(*json_has(R"({"A":1})", {"env", "A"}));
}

}  // namespace
}  // namespace hearth::cli
