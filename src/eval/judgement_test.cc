#include "eval/judgement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/trial.h"

namespace hearth::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class JudgementTest : public ::testing::Test {
 protected:
  JudgementTest() {
    task_.files = {{"in.txt", "b\na"}, {"old.txt", "x"}};
    task_.wished["out.txt"] = {.is = "a\nb"};
    task_.gone = {"old.txt"};
    task_.answer = {"Done"};
    seen_.status = "completed";
    seen_.answer = "it is done.";
    seen_.files = {{"in.txt", "b\na"}, {"out.txt", "a\nb\n"}};
  }
  std::vector<std::string> problems() const { return problems_of(task_, seen_); }

  GoldenTask task_;
  Observed seen_;
};

TEST_F(JudgementTest, WhatIsAsItHasToBeIsDone) {
  EXPECT_THAT(problems(), IsEmpty());
  seen_.files["more.txt"] = "what else it writes is its own";
  EXPECT_THAT(problems(), IsEmpty());
}

TEST_F(JudgementTest, EverythingThatIsNotIsNamed) {
  seen_.status = "partial";
  seen_.message = "nobody knows";
  seen_.answer = "no";
  seen_.files = {{"in.txt", "changed"}, {"out.txt", "b\na"}, {"old.txt", "x"}};
  EXPECT_THAT(problems(),
              ElementsAre("it ended partial: nobody knows", "out.txt is 'b|a', not 'a|b'",
                          "old.txt is still there", "in.txt has changed: 'changed'",
                          "the answer lacks 'Done': 'no'"));
  seen_.files.clear();
  EXPECT_THAT(problems(), ::testing::Contains("there is no out.txt"));
  EXPECT_THAT(problems(), ::testing::Contains("in.txt is gone"));
}

TEST_F(JudgementTest, WhatIsToHoldSomethingHoldsAllOfIt) {
  task_.wished["out.txt"] = {.has = {"a", "z"}};
  EXPECT_THAT(problems(), ElementsAre(HasSubstr("lacks 'z'")));
}

TEST_F(JudgementTest, WhoAgreesToNothingMayEndInPart) {
  task_.say = "no";
  seen_.status = "partial";
  EXPECT_THAT(problems(), IsEmpty());
}

TEST(Trials, AreCountedAndTold) {
  Trial done{.task = "a-1", .kind = "a", .problems = {}};
  done.steps = 2;
  done.tokens = 100;
  done.took_ms = 500;
  Trial missed{.task = "a-2", .kind = "a", .problems = {"no file", "no answer"}};
  missed.steps = 4;
  const std::vector<Series> every{{"all roles", {done, missed}}, {"nobody", {}}};
  EXPECT_EQ(tally(every[0]).done, 1U);
  EXPECT_DOUBLE_EQ(tally(every[0]).share(), 0.5);
  EXPECT_DOUBLE_EQ(tally(every[1]).share(), 0);
  const auto rows = rows_of(every);
  ASSERT_THAT(rows, SizeIs(3));
  EXPECT_EQ(rows[1][1], "1 of 2 (50.0 %)");
  EXPECT_EQ(rows[1][2], "3.0");
  EXPECT_EQ(rows[1][5], "50");
  EXPECT_THAT(failures_of(every), ElementsAre("a-2 (all roles): no file; no answer"));
  EXPECT_THAT(trials_json(every), HasSubstr(R"("roles":"all roles","tasks":2,"done":1)"));
}

}  // namespace
}  // namespace hearth::eval
