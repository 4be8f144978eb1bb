#include "train/trainer.h"

#include <cmath>
#include <filesystem>
#include <limits>

#include <gmock/gmock.h>

#include "train/testing/classroom.h"

namespace hearth::train {
namespace {

using testing::Classroom;
using ::testing::HasSubstr;
using testing::silent;
using testing::text_of_file;
using testing::train;

class TrainerTest : public ::testing::Test {
 protected:
  TrainerTest() { room_.write_questions(60); }

  Job steps(const std::string& name, std::uint64_t count) {
    Job job = room_.job(name);
    job.steps = count;
    return job;
  }
  Classroom room_;
};

TEST_F(TrainerTest, GivesTheSameWeightsInTwoLegsAsInOne) {
  const Job whole = steps("whole", 20);
  ASSERT_EQ(*train(whole), Ending::kFinished);
  ASSERT_EQ(*train(steps("legs", 10)), Ending::kFinished);
  Job second = steps("legs", 20);
  second.threads = 1;  // nor does it matter how many compute
  ASSERT_EQ(*train(second), Ending::kFinished);
  EXPECT_EQ(text_of_file(whole.out), text_of_file(second.out));
  EXPECT_NE(text_of_file(whole.out), text_of_file(room_.model()));
}

TEST_F(TrainerTest, LeavesACheckpointWhenItIsStoppedAndGoesOnFromThere) {
  const Job whole = steps("whole", 8);
  ASSERT_EQ(*train(whole), Ending::kFinished);
  Job job = steps("stopped", 3);
  ASSERT_EQ(*train(job), Ending::kFinished);
  job.steps = 8;
  std::atomic<bool> stop = false;
  const auto stopped = Trainer::create(job, silent(), stop);
  ASSERT_TRUE(stopped);
  stop = true;
  ASSERT_EQ(*(*stopped)->run(), Ending::kStopped);
  stop = false;
  const auto trainer = Trainer::create(job, silent(), stop);
  ASSERT_TRUE(trainer);
  EXPECT_EQ((*trainer)->state().step, 3U);
  ASSERT_EQ(*(*trainer)->run(), Ending::kFinished);
  EXPECT_EQ(text_of_file(whole.out), text_of_file(job.out));
}

TEST_F(TrainerTest, EndsWhileConversationsAreReadWhenItIsStopped) {
  const std::atomic<bool> stop = true;
  const auto stopped = Trainer::create(steps("early", 3), silent(), stop);
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code, Code::kCancelled);
}

TEST_F(TrainerTest, EndsALegWhenItsTimeIsOver) {
  Job job = steps("leg", 1'000'000);
  job.leg_minutes = 0.0;
  EXPECT_EQ(*train(job), Ending::kStopped);
  EXPECT_FALSE(std::filesystem::exists(job.out));
}

TEST_F(TrainerTest, TakesTheCheckpointBeforeWhenTheNewestIsDamaged) {
  Job job = steps("damaged", 4);
  ASSERT_EQ(*train(job), Ending::kFinished);
  job.steps = 6;
  ASSERT_EQ(*train(job), Ending::kFinished);
  const std::string newest = job.work + "/checkpoint";
  std::string bytes = text_of_file(newest);
  bytes[bytes.size() / 2] ^= 1;
  std::ofstream(newest, std::ios::binary) << bytes;
  const std::atomic<bool> stop = false;
  const auto trainer = Trainer::create(job, silent(), stop);
  ASSERT_TRUE(trainer);
  EXPECT_EQ((*trainer)->state().step, 4U);
}

TEST_F(TrainerTest, RefusesTheCheckpointOfAnotherJob) {
  Job job = steps("other", 2);
  ASSERT_EQ(*train(job), Ending::kFinished);
  job.seed = 99;
  const auto refused = train(job);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("another job"));
}

TEST_F(TrainerTest, StopsAtALossThatIsNoNumberAndKeepsWhatWasBefore) {
  Job job = steps("nan", 2);
  ASSERT_EQ(*train(job), Ending::kFinished);
  const std::string kept = text_of_file(job.work + "/checkpoint");
  job.steps = 5;
  const std::atomic<bool> stop = false;
  const auto trainer = Trainer::create(job, silent(), stop);
  ASSERT_TRUE(trainer);
  Network& network = (*trainer)->network();
  std::fill_n(network.weights(), network.layout().size(), std::numeric_limits<float>::quiet_NaN());
  network.refresh();
  const auto ended = (*trainer)->run();
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().message, HasSubstr("at step 3 the loss is no number"));
  EXPECT_EQ(text_of_file(job.work + "/checkpoint"), kept);
}

TEST_F(TrainerTest, LearnsTwentyConversationsByHeart) {
  room_.write_questions(20);
  Job job = steps("heart", 400);
  job.learning_rate = 1e-2;
  job.decay_share = 0.3;
  job.weight_decay = 0;
  ASSERT_EQ(*train(job), Ending::kFinished);
  const auto curve = read_curve(job.work + "/curve.csv");
  ASSERT_TRUE(curve);
  ASSERT_EQ(curve->size(), 400U);
  EXPECT_GT(curve->front().loss, 4.0);
  EXPECT_LT(curve->back().loss, 0.05);
}

TEST_F(TrainerTest, GoesOnLearningWhenAFinishedJobGetsMoreTime) {
  Job job = steps("more", 4);
  job.decay_share = 0.5;
  ASSERT_EQ(*train(job), Ending::kFinished);
  EXPECT_TRUE(std::filesystem::exists(job.work + "/checkpoint.before-fall"));
  job.steps = 8;
  ASSERT_EQ(*train(job), Ending::kFinished);
  const auto curve = read_curve(job.work + "/curve.csv");
  ASSERT_TRUE(curve);
  EXPECT_EQ(curve->size(), 8U);
  EXPECT_THAT(text_of_file(job.work + "/curve.svg"), HasSubstr("</svg>"));
}

TEST_F(TrainerTest, ChangesNothingWhenWhatIsFinishedIsRunAgain) {
  Job job = steps("again", 3);
  ASSERT_EQ(*train(job), Ending::kFinished);
  const std::string curve = text_of_file(job.work + "/curve.csv");
  const std::string out = text_of_file(job.out);
  ASSERT_EQ(*train(job), Ending::kFinished);
  EXPECT_EQ(text_of_file(job.work + "/curve.csv"), curve);
  EXPECT_EQ(text_of_file(job.out), out);
}

TEST_F(TrainerTest, TellsTheLossOfConversationsThatAreNotLearned) {
  Job job = steps("validated", 6);
  job.validation = {room_.at("chats.jsonl")};
  job.validate_every = 2;
  ASSERT_EQ(*train(job), Ending::kFinished);
  const auto curve = read_curve(job.work + "/curve.csv");
  ASSERT_TRUE(curve);
  for (const CurvePoint& point : *curve) {
    EXPECT_EQ(point.validation_loss.has_value(), point.step % 2 == 0) << point.step;
    EXPECT_NEAR(point.validation_loss.value_or(point.loss), point.loss, 1.0);
  }
}

TEST_F(TrainerTest, RefusesAContextThatTheModelDoesNotHave) {
  Job job = steps("long", 2);
  job.context = 1'000'000;
  const auto refused = train(job);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("the model's is 128"));
}

class PairTrainerTest : public ::testing::Test {
 protected:
  PairTrainerTest() { room_.write_pairs(80); }

  Job pairs(const std::string& name, std::uint64_t steps) {
    Job job = room_.job(name);
    job.lesson = LessonKind::kPairs;
    job.data = {room_.at("pairs.jsonl")};
    job.steps = steps;
    return job;
  }
  Classroom room_{"llama-embed"};
};

TEST_F(PairTrainerTest, LearnsWhichTextsBelongTogether) {
  const Job job = pairs("learned", 150);
  ASSERT_EQ(*train(job), Ending::kFinished);
  const auto curve = read_curve(job.work + "/curve.csv");
  ASSERT_TRUE(curve);
  EXPECT_GT(curve->front().loss, 0.5);
  EXPECT_LT(curve->back().loss, 0.05);
}

TEST_F(PairTrainerTest, GivesTheSameWeightsInTwoLegsAsInOne) {
  const Job whole = pairs("whole", 12);
  ASSERT_EQ(*train(whole), Ending::kFinished);
  ASSERT_EQ(*train(pairs("legs", 5)), Ending::kFinished);
  Job second = pairs("legs", 12);
  second.threads = 1;
  ASSERT_EQ(*train(second), Ending::kFinished);
  EXPECT_EQ(text_of_file(whole.out), text_of_file(second.out));
}

TEST_F(PairTrainerTest, TellsTheLossOfPairsThatAreNotLearned) {
  Job job = pairs("validated", 4);
  job.validation = {room_.at("pairs.jsonl")};
  job.validate_every = 2;
  ASSERT_EQ(*train(job), Ending::kFinished);
  const auto curve = read_curve(job.work + "/curve.csv");
  ASSERT_TRUE(curve);
  for (const CurvePoint& point : *curve)
    EXPECT_EQ(point.validation_loss.has_value(), point.step % 2 == 0) << point.step;
  EXPECT_GT(curve->back().validation_loss.value_or(0), 0.1);
}

TEST_F(PairTrainerTest, RefusesAModelThatLooksBackOnly) {
  const Classroom decoders;
  Job job = pairs("decoder", 1);
  job.model = decoders.model();
  const auto refused = train(job);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Code::kInvalidArgument);
  EXPECT_THAT(refused.error().message, HasSubstr("\"pairs\" is for encoders"));
  EXPECT_THAT(refused.error().message, HasSubstr("'llama'"));
}

TEST_F(PairTrainerTest, RefusesConversationsByTheirLine) {
  Job job = pairs("chats", 1);
  room_.write_questions(3);
  job.data = {room_.at("chats.jsonl")};
  const auto refused = train(job);
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("chats.jsonl:1: messages is not known"));
}

}  // namespace
}  // namespace hearth::train
