#include "eval/golden_task.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace hearth::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(GoldenTask, IsReadFromALine) {
  const auto tasks = read_golden_tasks(
      R"({"id":"copy-1","kind":"copy","task":"Copy a.txt to b.txt.","files":{"a.txt":"x\n"},)"
      R"("say":"yes","plan":{"goal":"g"},"expect":{"files":{"b.txt":{"is":"x"},)"
      R"("c/d.txt":{"has":["p","q"]}},"gone":["a.txt"],"answer":["done"]}})"
      "\n\n");
  ASSERT_TRUE(tasks.has_value()) << tasks.error().message;
  const GoldenTask& task = tasks->front();
  EXPECT_EQ(task.id, "copy-1");
  EXPECT_EQ(task.files.at("a.txt"), "x\n");
  EXPECT_EQ(task.wished.at("b.txt").is, "x");
  EXPECT_THAT(task.wished.at("c/d.txt").has, ElementsAre("p", "q"));
  EXPECT_THAT(task.gone, ElementsAre("a.txt"));
  EXPECT_THAT(task.answer, ElementsAre("done"));
  EXPECT_EQ(task.plan, R"({"goal":"g"})");
}

TEST(GoldenTask, ThatIsWrongIsRefusedWithItsLine) {
  const auto refusal = [](std::string_view lines) {
    const auto tasks = read_golden_tasks(lines);
    return tasks ? std::string("read") : tasks.error().message;
  };
  const std::string good = R"({"id":"a","task":"b","expect":{}})";
  EXPECT_EQ(refusal(good), "read");
  EXPECT_THAT(refusal(good + "\n" + good), HasSubstr("line 2: there is another task a"));
  EXPECT_THAT(refusal(good + "\n{"), HasSubstr("line 2"));
  EXPECT_THAT(refusal(""), HasSubstr("no golden task"));
  EXPECT_THAT(refusal(R"({"id":"a","task":"b"})"), HasSubstr("expect"));
  EXPECT_THAT(refusal(R"({"id":"a","task":"b","expect":{"colour":1}})"), HasSubstr("colour"));
  EXPECT_THAT(refusal(R"({"id":"a","task":"b","expect":{"files":{"c":{}}}})"),
              HasSubstr("neither"));
  for (const char* path : {"/etc/x", "../x", "a/../../x", ""})
    EXPECT_THAT(refusal(std::string(R"({"id":"a","task":"b","files":{")") + path +
                        R"(":"x"},"expect":{}})"),
                HasSubstr("leaves the workspace"));
}

TEST(GoldenTask, ThoseThatHearthBringsAreMany) {
  const auto tasks = read_golden_tasks(built_in_tasks());
  ASSERT_TRUE(tasks.has_value()) << tasks.error().message;
  EXPECT_EQ(tasks->size(), 60U);
  const auto planted = read_golden_tasks(built_in_planted_tasks());
  ASSERT_TRUE(planted.has_value()) << planted.error().message;
  EXPECT_EQ(planted->size(), 24U);
  for (const GoldenTask& task : *planted)
    EXPECT_THAT(task.plan, Not(::testing::IsEmpty())) << task.id;
  // Each has something that can be missed.
  for (const GoldenTask& task : *tasks)
    EXPECT_TRUE(!task.wished.empty() || !task.gone.empty() || !task.answer.empty() ||
                task.say == "no")
        << task.id;
}

}  // namespace
}  // namespace hearth::eval
