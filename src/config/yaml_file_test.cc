#include "config/yaml_file.h"

#include <gtest/gtest.h>

namespace hearth::config {
namespace {

std::string error_of(std::string_view text) {
  const auto entries = parse_yaml(text, "config.yaml");
  return entries ? "no error" : entries.error().message;
}

TEST(YamlFile, FlattensMappingsAndKeepsTheLines) {
  const auto entries = parse_yaml("# mine\nserver:\n  port: 5000\n\ndefault_model: ember\n", "f");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].key, "server.port");
  EXPECT_EQ((*entries)[0].value, "5000");
  EXPECT_EQ((*entries)[0].line, 3);
  EXPECT_EQ((*entries)[1].key, "default_model");
  EXPECT_EQ((*entries)[1].line, 5);
}

TEST(YamlFile, ReadsJsonToo) {
  const auto entries = parse_yaml("{\n\t\"server\": {\"host\": \"::1\",\n\t\"port\": 1}\n}", "f");
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 2U);
  EXPECT_EQ((*entries)[0].value, "::1");
  EXPECT_EQ((*entries)[1].key, "server.port");
}

TEST(YamlFile, TakesDottedKeys) {
  const auto entries = parse_yaml("server.port: 5000", "f");
  ASSERT_TRUE(entries);
  EXPECT_EQ(entries->at(0).key, "server.port");
}

TEST(YamlFile, TakesAnEmptyFileAndAnEmptySection) {
  EXPECT_TRUE(parse_yaml("", "f")->empty());
  EXPECT_TRUE(parse_yaml("# nothing yet\n", "f")->empty());
  const auto entries = parse_yaml("server:\n#  port: 1\nlog:\n  level: off\n", "f");
  ASSERT_TRUE(entries);
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->at(0).key, "log.level");
  EXPECT_EQ(entries->at(0).value, "off");
}

TEST(YamlFile, NamesFileAndLineOfWhatItRefuses) {
  EXPECT_EQ(error_of("a: 1\na: 2\n"),
            "config.yaml:2: 'a' is here for the second time; keep one of them");
  EXPECT_EQ(error_of("a:\n  - 1\n"), "config.yaml:2: no setting is a list, 'a' neither");
  EXPECT_NE(error_of("just text").find("config.yaml:1:"), std::string::npos);
  EXPECT_NE(error_of("a: {b: 1").find("config.yaml:1:"), std::string::npos);
  EXPECT_EQ(error_of("a: 1\nb: \xFF\n"), "config.yaml:2: this is not UTF-8 text");
  EXPECT_NE(error_of("a: 1\n---\nb: 2\n").find("several documents"), std::string::npos);
  EXPECT_NE(error_of("{a: 1}: 2").find("a key must be a word"), std::string::npos);
  EXPECT_NE(error_of("~: 2").find("a key must be a word"), std::string::npos);
}

TEST(YamlFile, RefusesWhatGrows) {
  EXPECT_NE(error_of("a: &x 1\nb: *x\n").find("anchors are not supported"), std::string::npos);
  std::string deep;
  for (int i = 0; i < 20'000; ++i)
    deep += "{a: ";
  EXPECT_NE(error_of(deep).find("larger than"), std::string::npos);
  EXPECT_NE(error_of(deep.substr(0, 80) + "1" + std::string(20, '}')).find("nested too deep"),
            std::string::npos);
  EXPECT_NE(error_of(std::string(10'000, '[')).find("no setting is a list"), std::string::npos);
  EXPECT_NE(error_of(std::string(kFileBytesMax + 1, '#')).find("larger than"), std::string::npos);
}

}  // namespace
}  // namespace hearth::config
