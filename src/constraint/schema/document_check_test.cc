#include "constraint/document_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "json/parse.h"

namespace hearth::constraint {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> said(std::string_view schema, std::string_view document) {
  auto check = DocumentCheck::create(schema);
  if (!check) return {"schema: " + check.error().message};
  const auto problems = check->problems(json::parse(document).value());
  if (!problems) return {"document: " + problems.error().message};
  std::vector<std::string> words;
  for (const Problem& problem : *problems)
    words.push_back(problem.to_string());
  return words;
}

constexpr const char* kFile = R"({"type":"object","additionalProperties":false,
  "required":["path","text"],"properties":{"path":{"type":"string","minLength":1},
  "text":{"type":"string","maxLength":5},"mode":{"enum":["new","old"]},
  "lines":{"type":"array","maxItems":2,"items":{"type":"integer","minimum":0}}}})";

TEST(DocumentCheck, AValidDocumentHasNoProblems) {
  EXPECT_THAT(said(kFile, R"({"path":"a","text":"äöüßé","mode":"new","lines":[1,2]})"), IsEmpty());
  EXPECT_THAT(said("true", "[1]"), IsEmpty());
}

TEST(DocumentCheck, AllProblemsAreSaidAtOnceEachWithItsPlace) {
  EXPECT_THAT(
      said(kFile, R"({"pth":"a","text":"abcdef","mode":"odd","lines":[1,"2",-3]})"),
      ElementsAre("/path is missing", "/pth is not known here; did you mean 'path'?",
                  "/text must have at most 5 characters", R"(/mode must be one of ["new","old",])",
                  "/lines must have at most 2 elements",
                  "/lines/1 must be an integer, not a string", "/lines/2 must be at least 0"));
  EXPECT_THAT(said(kFile, "[]"), ElementsAre("it must be an object, not an array"));
}

TEST(DocumentCheck, WaysAreToldApartByTheirType) {
  constexpr const char* kWays =
      R"({"anyOf":[{"type":"string","pattern":"^s[1-9]$"},{"type":"integer","maximum":3}]})";
  EXPECT_THAT(said(kWays, R"("s1")"), IsEmpty());
  EXPECT_THAT(said(kWays, R"("x")"), ElementsAre("it must match the pattern ^s[1-9]$"));
  EXPECT_THAT(said(kWays, "4"), ElementsAre("it must be at most 3"));
  EXPECT_THAT(said(kWays, "null"), ElementsAre("it fits none of 2 ways"));
  EXPECT_THAT(said(R"({"oneOf":[{"type":"integer"},{"type":"integer","minimum":0}]})", "1"),
              ElementsAre("it fits 2 ways of which it may fit one"));
}

TEST(DocumentCheck, ReferencesAreFollowedAndPointersEscaped) {
  constexpr const char* kTree = R"({"$ref":"#/$defs/node","$defs":{"node":{"type":"object",
    "properties":{"a/b":{"$ref":"#/$defs/node"},"n":{"const":1}}}}})";
  EXPECT_THAT(said(kTree, R"({"a/b":{"a/b":{"n":2}}})"), ElementsAre("/a~1b/a~1b/n must be 1"));
}

TEST(DocumentCheck, ASchemaIsRefusedByNameWhereverItsMistakeStands) {
  const auto refused = [](const char* schema) { return said(schema, "{}").at(0); };
  EXPECT_THAT(refused(R"({"properties":{"a":{"not":{"type":"string"}}}})"), HasSubstr("not"));
  EXPECT_THAT(refused(R"({"$defs":{"a":{"tpye":"string"}}})"), HasSubstr("tpye"));
  EXPECT_THAT(refused(R"({"$ref":"http://elsewhere/"})"), HasSubstr("never fetched"));
  EXPECT_THAT(refused("{"), HasSubstr("cannot be read"));
}

TEST(DocumentCheck, ThereAreNotMoreProblemsThanAnybodyReads) {
  std::string list = "[0";
  for (int i = 0; i < 100; ++i)
    list += ",0";
  EXPECT_EQ(said(R"({"items":{"type":"string"}})", list + "]").size(), kProblemsMax);
}

TEST(DocumentCheck, WorkIsBounded) {
  // Each level doubles what has to be judged.
  std::string defs;
  for (int i = 0; i < 30; ++i) {
    const std::string next = std::to_string(i + 1);
    defs += R"("d)" + std::to_string(i) + R"(":{"allOf":[{"$ref":"#/$defs/d)" + next +
            R"("},{"$ref":"#/$defs/d)" + next + R"("}]},)";
  }
  const std::string schema =
      R"({"$ref":"#/$defs/d0","$defs":{)" + defs + R"("d30":{"type":"integer"}}})";
  const auto words = said(schema, "\"x\"");
  EXPECT_FALSE(words.empty());
}

}  // namespace
}  // namespace hearth::constraint
