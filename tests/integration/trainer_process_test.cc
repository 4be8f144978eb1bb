// `hearth-runner --train`: the real process, real signals, and a model that has learned something.
#include <csignal>
#include <random>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "places.h"
#include "runner_client.h"
#include "talker.h"

namespace hearth::testing {
namespace {

using ::testing::HasSubstr;

constexpr int kPartial = 3;

// Two to four made-up words of one or two syllables.
class Words {
 public:
  explicit Words(unsigned seed) : random_(seed) {}
  std::string some() {
    std::string text = word();
    for (unsigned i = random_() % 3 + 1; i > 0; --i)
      text += " " + word();
    return text;
  }

 private:
  std::string word() {
    constexpr std::string_view kConsonants = "bcdfghjklmnpqrstvwz";
    constexpr std::string_view kVowels = "aeiou";
    std::string text;
    for (unsigned i = random_() % 2 + 1; i > 0; --i) {
      text += kConsonants[random_() % kConsonants.size()];
      text += kVowels[random_() % kVowels.size()];
    }
    return text;
  }
  std::mt19937 random_;
};

class TrainerProcessTest : public ::testing::Test {
 protected:
  TrainerProcessTest() {
    std::string lines;
    Words words(1);
    for (int i = 0; i < 10'000; ++i) {
      const std::string text = words.some();
      lines += fmt::format(R"({{"messages":[{{"role":"user","content":"{0}"}},)"
                           R"({{"role":"assistant","content":"{0}"}}]}})"
                           "\n",
                           text);
    }
    chats_ = folder_.write("chats.jsonl", lines);
    const std::string job = fmt::format(
        R"({{"shape":{{"family":"llama","layers":2,"width":96,"heads":3,"kv_heads":3,)"
        R"("head_width":32,"hidden":192,"context":256,"vocabulary":320}},"texts":["{}"],)"
        R"("out":"{}","chat_template":"{}/chat_template.jinja"}})",
        chats_, folder_.file("seed.gguf"), HEARTH_EMBER_FOLDER);
    Talker seed({"--seed-model", folder_.write("seed.json", job)});
    EXPECT_EQ(seed.exit_code(), 0);
  }

  // The arguments of a training with this in its job.
  std::vector<std::string> training(const std::string& rest) {
    const std::string job =
        fmt::format(R"({{"model":"{}","data":["{}"],"out":"{}","work":"{}","batch_tokens":2048,)"
                    R"("learning_rate":0.004,"warmup_steps":30,{}}})",
                    folder_.file("seed.gguf"), chats_, out(), folder_.file("work"), rest);
    return {"--train", folder_.write("job.json", job)};
  }
  std::string out() const { return folder_.file("out.gguf"); }

  base::testing::TemporaryFolder folder_;
  std::string chats_;
};

TEST_F(TrainerProcessTest, TeachesASmallModelToCopyWordsItHasNeverSeen) {
  Talker trainer(training(R"("steps":1300,"decay_share":0.3,"validate_every":100)"));
  const std::string first = trainer.line_with(R"("event":"step")");
  EXPECT_GT(Talker::number_in(first, "loss"), 4);
  const std::string last = trainer.last_line();
  ASSERT_EQ(trainer.exit_code(), 0) << last;
  EXPECT_THAT(last, HasSubstr(R"("event":"finished")"));
  EXPECT_LT(Talker::number_in(last, "validation_loss"), 0.5);

  RunnerClient runner(runner_path());
  const auto loaded = runner.load(out());
  ASSERT_TRUE(loaded) << loaded.error().message;
  Words words(2);
  constexpr std::uint32_t kQuestions = 40;
  std::uint32_t right = 0;
  for (std::uint32_t i = 1; i <= kQuestions; ++i) {
    const std::string text = words.some();
    chat::Request request;
    request.messages = {{.role = chat::Role::kUser, .content = text}};
    request.max_tokens = 40;
    request.sampling.temperature = 0;
    runner.generate(i, request);
    right += runner.finish(i).text == text ? 1 : 0;
  }
  EXPECT_GE(right, kQuestions * 3 / 4);
}

TEST_F(TrainerProcessTest, EndsAtASignalWithACheckpointAndGoesOnFromThere) {
  const auto arguments = training(R"("steps":1000000)");
  Talker trainer(arguments);
  ASSERT_FALSE(trainer.line_with(R"("event":"step","step":3)").empty());
  ASSERT_TRUE(trainer.process().signal(SIGTERM));
  const std::string last = trainer.last_line();
  EXPECT_EQ(trainer.exit_code(), kPartial);
  EXPECT_THAT(last, HasSubstr(R"("event":"stopped","why":"signal")"));
  const double step = Talker::number_in(last, "step");
  EXPECT_GE(step, 3);

  Talker again(arguments);
  EXPECT_EQ(Talker::number_in(again.line_with(R"("event":"started")"), "step"), step);
  EXPECT_EQ(Talker::number_in(again.line_with(R"("event":"step")"), "step"), step + 1);
}

TEST_F(TrainerProcessTest, LosesOnlyWhatCameAfterItsLastCheckpointWhenItIsKilled) {
  const auto arguments = training(R"("steps":1000000,"checkpoint_minutes":0)");
  Talker trainer(arguments);
  ASSERT_FALSE(trainer.line_with(R"("event":"checkpoint","step":4)").empty());
  trainer.process().kill_group();
  Talker again(arguments);
  EXPECT_GE(Talker::number_in(again.line_with(R"("event":"started")"), "step"), 4);
}

TEST_F(TrainerProcessTest, HasGivenUpItsRightsWhenItLearns) {
  Talker trainer(training(R"("steps":1000000)"));
  ASSERT_FALSE(trainer.line_with(R"("event":"step")").empty());
  const std::string process = "/proc/" + std::to_string(trainer.process().pid());
  const std::string status = base::load_text_file(process + "/status", 1 << 16).value_or("");
  EXPECT_THAT(status, HasSubstr("Seccomp:\t2"));
  EXPECT_THAT(status, HasSubstr("NoNewPrivs:\t1"));
}

TEST_F(TrainerProcessTest, SaysWhatIsWrongWithAJob) {
  Talker wrong(training(R"("lerning_rate":1)"));
  EXPECT_THAT(wrong.last_line(), HasSubstr("lerning_rate is not known"));
  EXPECT_EQ(wrong.exit_code(), 2);
  Talker absent({"--train", folder_.file("nothing.json")});
  EXPECT_THAT(absent.last_line(), HasSubstr("not_found"));
  EXPECT_EQ(absent.exit_code(), 2);
}

}  // namespace
}  // namespace hearth::testing
