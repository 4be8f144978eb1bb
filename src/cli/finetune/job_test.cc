#include "cli/finetune/job.h"

#include <gmock/gmock.h>

namespace hearth::cli::finetune {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const WorkFolder kWork{"/trainings/mine"};

Material of(std::uint64_t bytes, std::uint64_t chats) {
  return {"/models/base.gguf", {{"/data/a.jsonl", bytes, chats, 1}}, {}};
}

TEST(FinetuneJob, NamesTheFilesAndWhatTheUserSaid) {
  Wishes wishes;
  wishes.type = "q8_0";
  wishes.steps = 40;
  wishes.leg_minutes = 30.5;
  wishes.learning_rate = 0.0001;
  wishes.batch_tokens = 512;
  wishes.context = 256;
  wishes.threads = 3;
  wishes.seed = 9;
  Material material = of(1000, 20);
  material.data.push_back({"/data/b \"2\".jsonl", 10, 1, 2});
  material.validation.push_back({"/data/v.jsonl", 10, 1, 3});
  EXPECT_EQ(job_text(wishes, material, kWork),
            R"({"model":"/models/base.gguf","data":["/data/a.jsonl","/data/b \"2\".jsonl"],)"
            R"("validation":["/data/v.jsonl"],"validation_share":0,"work":"/trainings/mine",)"
            R"("out":"/trainings/mine/model.gguf","out_type":"q8_0","steps":40,"leg_minutes":30.5,)"
            R"("batch_tokens":512,"seed":9,"context":256,"threads":3,"learning_rate":0.0001,)"
            R"("warmup_steps":2,"validate_every":5})"
            "\n");
}

TEST(FinetuneJob, IsThreeRoundsWhereNoLengthIsGiven) {
  const std::string text = job_text({}, of(1000, 20), kWork);
  EXPECT_THAT(text, AllOf(HasSubstr(R"("epochs":3,)"), HasSubstr(R"("batch_tokens":1024)"),
                          Not(HasSubstr("learning_rate")), Not(HasSubstr("threads"))));
  Wishes timed;
  timed.minutes = 10;
  EXPECT_THAT(job_text(timed, of(1000, 20), kWork),
              AllOf(HasSubstr(R"("minutes":10,)"), Not(HasSubstr("epochs"))));
}

TEST(FinetuneJob, SparesChatsForValidationWhereThereAreMany) {
  EXPECT_THAT(job_text({}, of(20'000, 99), kWork), HasSubstr(R"("validation_share":0,)"));
  EXPECT_THAT(job_text({}, of(20'000, 100), kWork), HasSubstr(R"("validation_share":0.05,)"));
}

TEST(FinetuneJob, HasAWarmupThatSuitsItsLength) {
  EXPECT_THAT(job_text({}, of(1000, 20), kWork), HasSubstr(R"("warmup_steps":1,)"));
  EXPECT_THAT(job_text({}, of(4096 * 1000, 5000), kWork), HasSubstr(R"("warmup_steps":150,)"));
  EXPECT_THAT(job_text({}, of(std::uint64_t{1} << 32, 9000), kWork),
              AllOf(HasSubstr(R"("warmup_steps":200,)"), HasSubstr(R"("validate_every":500})")));
}

TEST(FinetuneJob, EndsAtWhateverComesFirst) {
  Wishes wishes;
  EXPECT_EQ(expected_steps(wishes, of(4096 * 10, 50)), 30U);
  wishes.steps = 12;
  EXPECT_EQ(expected_steps(wishes, of(4096 * 10, 50)), 12U);
  wishes.epochs = 0.5;
  EXPECT_EQ(expected_steps(wishes, of(4096 * 10, 50)), 5U);
  Wishes timed;
  timed.minutes = 10;
  EXPECT_EQ(expected_steps(timed, of(4096 * 10, 50)), std::nullopt);
}

}  // namespace
}  // namespace hearth::cli::finetune
