#include "cli/finetune/progress.h"

#include <gmock/gmock.h>
#include <rapidcheck.h>

namespace hearth::cli::finetune {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

TrainingEvent event(const std::string& line) {
  const auto read = parse_training_event(line);
  EXPECT_TRUE(read) << read.error().message;
  return *read;
}

TrainingEvent step(double done, const std::string& more = "") {
  return event(R"({"event":"step","step":12,"loss":1.2345,"tokens_per_second":3120.7,"done":)" +
               std::to_string(done) + more + "}");
}

TEST(TrainingEvent, IsReadFromTheTrainersLines) {
  const TrainingEvent started =
      event(R"({"event":"started","kernel":"plain","parameters":7082240,"lessons":60,)"
            R"("validation_lessons":2,"tokens":2020,"lessons_taken_over":false,"cut":1,"step":3})");
  EXPECT_EQ(started.kind, TrainingEvent::Kind::kStarted);
  EXPECT_EQ(started.parameters, 7'082'240U);
  EXPECT_EQ(started.tokens, 2020U);
  EXPECT_EQ(started.cut, 1U);
  EXPECT_EQ(started.step, 3U);
  const TrainingEvent failed =
      event(R"({"event":"failed","code":"invalid_argument","error":"a.jsonl:5: no"})");
  EXPECT_EQ(failed.why, "a.jsonl:5: no");
  EXPECT_EQ(failed.code, "invalid_argument");
  EXPECT_EQ(event(R"({"event":"stopped","why":"leg","step":5})").why, "leg");
}

TEST(TrainingEvent, OfATrainerThatIsNewerIsPassedOver) {
  EXPECT_EQ(event(R"({"event":"yawned","minutes":5})").kind, TrainingEvent::Kind::kUnknown);
  EXPECT_FALSE(parse_training_event("hello"));
  EXPECT_FALSE(parse_training_event(R"({"step":5})"));
}

TEST(Progress, TellsStageShareLossSpeedAndTimeLeft) {
  Progress progress;
  progress.take(event(R"({"event":"reading","conversations":1500})"), 0);
  EXPECT_EQ(progress.line(80).text(), "reading  1,500 conversations");
  progress.take(step(0.1), 10);
  progress.take(step(0.4, R"(,"validation_loss":1.5)"), 70);
  // Sixty seconds for three tenths: two minutes for the other six.
  EXPECT_EQ(progress.line(100).text(),
            "learning  40%  [##########---------------]  loss 1.234  validation 1.500  "
            "3,120 tokens/s  2 min left");
  EXPECT_EQ(progress.plain(),
            "learning 40%, step 12, loss 1.234, validation 1.500, 3,120 tokens/s, 2 min left");
}

TEST(Progress, HasNoTimeLeftAtItsEnd) {
  Progress progress;
  progress.take(step(0.5), 5);
  progress.take(event(R"({"event":"finished","step":20,"loss":0.5})"), 10);
  EXPECT_EQ(progress.plain(), "writing  100%, step 20, loss 0.500");
}

TEST(Progress, RemembersTheLastValidation) {
  Progress progress;
  progress.take(step(0.1, R"(,"validation_loss":1.5)"), 1);
  progress.take(step(0.2), 2);
  EXPECT_THAT(progress.plain(), HasSubstr("validation 1.500"));
}

TEST(Progress, KnowsNoTimeLeftAtItsFirstStep) {
  Progress progress;
  progress.take(step(0.5), 5);
  EXPECT_THAT(progress.plain(), Not(HasSubstr("left")));
}

// A training that goes on is judged by what it does now, not by what it did yesterday.
TEST(Progress, CountsTheTimeFromWhereThisRunBegan) {
  Progress progress;
  progress.take(step(0.80), 100);
  progress.take(step(0.90), 160);
  EXPECT_NEAR(*progress.seconds_left(), 60, 1e-6);
}

TEST(Progress, GivesUpItsBarAndThenItsFiguresOnANarrowTerminal) {
  Progress progress;
  progress.take(step(0.1), 10);
  progress.take(step(0.4), 70);
  EXPECT_EQ(progress.line(56).text(), "learning  40%  loss 1.234  3,120 tokens/s  2 min left");
  EXPECT_EQ(progress.line(30).text(), "learning  40%  loss 1.234");
  EXPECT_EQ(progress.line(8).text(), "learning");
}

TEST(Progress, IsNeverWiderThanTheTerminal) {
  rc::check([](std::uint16_t columns, std::uint32_t share) {
    Progress progress;
    progress.take(step(0.0), 0);
    progress.take(step(share / 4294967295.0, R"(,"validation_loss":123.4)"), 1e6);
    RC_ASSERT(progress.line(columns).text().size() <= columns);
  });
}

TEST(Progress, WritesTimesAndNumbersAsPeopleDo) {
  EXPECT_EQ(duration_text(0.2), "1 s");
  EXPECT_EQ(duration_text(59), "59 s");
  EXPECT_EQ(duration_text(61), "2 min");
  EXPECT_EQ(duration_text(3 * 3600 + 60), "3 h 1 min");
  EXPECT_EQ(thousands(999), "999");
  EXPECT_EQ(thousands(1'002'003), "1,002,003");
}

}  // namespace
}  // namespace hearth::cli::finetune
