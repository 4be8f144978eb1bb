#include "train/job.h"

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "train/schedule.h"

namespace hearth::train {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kLeast = R"("model":"m.gguf","data":["a.jsonl"],"out":"o.gguf")";

std::string with(const std::string& rest) {
  return fmt::format("{{{}{}{}}}", kLeast, rest.empty() ? "" : ",", rest);
}

TEST(Job, NeedsNoMoreThanAModelDataAndWhereToWrite) {
  const auto job = read_job(with(""));
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->model, "m.gguf");
  EXPECT_THAT(job->data, ElementsAre("a.jsonl"));
  EXPECT_EQ(job->work, "o.gguf.work");
  EXPECT_EQ(job->epochs, 3.0);
  EXPECT_EQ(job->out_type, OutType::kF16);
  EXPECT_EQ(job->lesson, LessonKind::kChats);
}

TEST(Job, ReadsEveryField) {
  const auto job = read_job(with(
      R"("validation":["v"],"validation_share":0.5,"out_type":"q8_0","work":"w","steps":7,
      "epochs":2.5,"minutes":90,"leg_minutes":5,"batch_tokens":512,"context":256,
      "learning_rate":0.01,"min_learning_rate_share":0.1,"warmup_steps":3,"decay_share":0.2,
      "weight_decay":0.2,"clip":0.5,"seed":9,"threads":4,"checkpoint_minutes":1,
      "validate_every":10,"precision":"f32","lesson":"pairs","temperature":0.1)"));
  ASSERT_TRUE(job) << job.error().message;
  EXPECT_EQ(job->steps, 7U);
  EXPECT_EQ(job->epochs, 2.5);
  EXPECT_EQ(job->minutes, 90.0);
  EXPECT_EQ(job->leg_minutes, 5.0);
  EXPECT_EQ(job->batch_tokens, 512U);
  EXPECT_EQ(job->context, 256U);
  EXPECT_EQ(job->learning_rate, 0.01);
  EXPECT_EQ(job->min_learning_rate_share, 0.1);
  EXPECT_EQ(job->warmup_steps, 3U);
  EXPECT_EQ(job->decay_share, 0.2);
  EXPECT_EQ(job->weight_decay, 0.2);
  EXPECT_EQ(job->clip, 0.5);
  EXPECT_EQ(job->seed, 9U);
  EXPECT_EQ(job->threads, 4U);
  EXPECT_EQ(job->checkpoint_minutes, 1.0);
  EXPECT_EQ(job->validate_every, 10U);
  EXPECT_EQ(job->precision, Precision::kF32);
  EXPECT_EQ(job->lesson, LessonKind::kPairs);
  EXPECT_EQ(job->temperature, 0.1);
  EXPECT_EQ(job->out_type, OutType::kQ8_0);
  EXPECT_EQ(job->work, "w");
}

TEST(Job, RefusesByNameWhatItDoesNotKnowOrCannotBe) {
  const std::pair<std::string, const char*> wrong[] = {
      {with(R"("learning_rat":1)"), "did you mean 'learning_rate'"},
      {with(R"("qqqqqqqq":1)"), "qqqqqqqq is not known"},
      {with(R"("steps":0)"), "steps"},
      {with(R"("out_type":"q4_k_m")"), "out_type"},
      {with(R"("clip":-1)"), "clip"},
      {with(R"("lesson":"songs")"), R"(lesson must be "chats" or "pairs")"},
      {with(R"("temperature":0)"), "temperature"},
      {with(R"("data":[7])"), "data"},
      {R"({"model":"m","data":["d"]})", "out"},
      {R"({"model":"m","data":[],"out":"o"})", "data"},
      {"[]", "object"}};
  for (const auto& [text, words] : wrong) {
    const auto job = read_job(text);
    ASSERT_FALSE(job) << text;
    EXPECT_EQ(job.error().code, Code::kInvalidArgument);
    EXPECT_THAT(job.error().message, HasSubstr(words)) << text;
  }
}

TEST(Schedule, RisesStaysAndFalls) {
  const RateRule rule{.rate = 1.0, .warmup_steps = 10, .decay_share = 0.2, .min_share = 0.1};
  EXPECT_DOUBLE_EQ(rate_at(rule, 0, 0.0), 0.1);
  EXPECT_DOUBLE_EQ(rate_at(rule, 4, 0.01), 0.5);
  EXPECT_DOUBLE_EQ(rate_at(rule, 9, 0.02), 1.0);
  EXPECT_DOUBLE_EQ(rate_at(rule, 1000, 0.79), 1.0);
  EXPECT_NEAR(rate_at(rule, 1000, 0.9), 0.55, 1e-9);
  EXPECT_NEAR(rate_at(rule, 1000, 1.0), 0.1, 1e-9);
  EXPECT_FALSE(falls(rule, 0.8));
  EXPECT_TRUE(falls(rule, 0.81));
}

TEST(Schedule, StaysToTheEndWhereNothingFalls) {
  const RateRule rule{.rate = 0.5, .warmup_steps = 0, .decay_share = 0.0};
  EXPECT_DOUBLE_EQ(rate_at(rule, 0, 0.0), 0.5);
  EXPECT_DOUBLE_EQ(rate_at(rule, 100, 1.0), 0.5);
}

}  // namespace
}  // namespace hearth::train
