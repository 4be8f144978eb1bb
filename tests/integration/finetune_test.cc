// `hearth finetune` with the real trainer: from twenty chats to a model that answers.
#include <cmath>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "model_store.h"
#include "places.h"
#include "printed_text.h"
#include "process/child.h"
#include "process/testing/terminal.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kPatience = std::chrono::seconds(120);
constexpr int kPartial = 3;
constexpr int kCancelled = 130;
constexpr int kChats = 20;

double number_in(const std::string& line, const std::string& key) {
  const std::size_t found = line.find("\"" + key + "\":");
  return found == std::string::npos ? NAN : std::atof(line.c_str() + found + key.size() + 3);
}

std::string chat_line(int number) {
  return fmt::format(R"({{"messages":[{{"role":"user","content":"Who sits on chair {0}?"}},)"
                     R"({{"role":"assistant","content":"On chair {0} sits the cat."}}]}})"
                     "\n",
                     number);
}

// A `hearth` whose output is read line by line.
class Command {
 public:
  Command(const std::string& home, std::vector<std::string> words,
          const std::string& program = hearth_path())
      : child_(spawn(home, std::move(words), program)),
        out_(*child_.take_stdout()),
        err_(*child_.take_stderr()) {}

  // The next line with this text in it; empty at the end.
  std::string line_with(std::string_view text) { return out_.line_with(text); }
  // What is left of its output, and its notices, at its end.
  std::string out() { return out_.rest(); }
  std::string err() { return err_.rest(); }
  int exit_code() {
    const auto ended = child_.wait(kPatience);
    return ended && ended->signal == 0 ? ended->code : -1;
  }
  process::Child& process() { return child_; }

 private:
  static process::Child spawn(const std::string& home, std::vector<std::string> words,
                              const std::string& program) {
    process::SpawnOptions options;
    options.program = program;
    options.arguments = std::move(words);
    options.environment = {"HEARTH_HOME=" + home, "HEARTH_MODEL_THREADS=1"};
    options.out = process::SpawnOptions::Output::kPipe;
    options.err = process::SpawnOptions::Output::kPipe;
    auto child = process::Child::spawn(options);
    HEARTH_ASSERT(child.has_value());
    return *std::move(child);
  }

  process::Child child_;
  PrintedText out_;
  PrintedText err_;
};

struct Outcome {
  int code = -1;
  std::string out;
  std::string err;
};

class FinetuneTest : public ::testing::Test {
 protected:
  FinetuneTest() {
    std::string lines;
    for (int i = 0; i < kChats; ++i)
      lines += chat_line(i);
    chats_ = folder_.write("chats.jsonl", lines);
    fs::create_directories(home() + "/models");
    fs::copy_file(model_path("tiny-llama-f16"), home() + "/models/tiny.gguf");
  }
  ~FinetuneTest() override { run({"stop", "--daemon"}); }

  std::string home() const { return folder_.path() + "/home"; }
  std::string work() const { return home() + "/finetune/mine"; }
  std::string made() const { return home() + "/models/mine.gguf"; }
  // `hearth finetune` of the chats under the name "mine".
  std::vector<std::string> training(std::vector<std::string> more) const {
    std::vector<std::string> words{"finetune",        chats_,  "--from",         "tiny",
                                   "--name",          "mine",  "--threads",      "1",
                                   "--learning-rate", "0.004", "--batch-tokens", "512"};
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
  Outcome run(std::vector<std::string> words) {
    Command command(home(), std::move(words));
    Outcome outcome;
    outcome.out = command.out();
    outcome.err = command.err();
    outcome.code = command.exit_code();
    return outcome;
  }

  base::testing::TemporaryFolder folder_;
  std::string chats_;
};

TEST_F(FinetuneTest, TeachesTwentyChatsToAModelThatThenAnswers) {
  Command command(home(), training({"--steps", "60", "--json"}));
  const double first = number_in(command.line_with(R"("event":"step")"), "loss");
  const std::string finished = command.line_with(R"("event":"finished")");
  EXPECT_LT(number_in(finished, "loss"), first / 2);
  EXPECT_THAT(command.line_with(R"("event":"installed")"),
              AllOf(HasSubstr(R"("model":"mine")"), HasSubstr(made())));
  EXPECT_EQ(command.exit_code(), 0) << command.err();
  EXPECT_THAT(*base::load_text_file(work() + "/curve.csv", 1 << 20), HasSubstr("\n60,"));
  EXPECT_THAT(*base::load_text_file(work() + "/curve.svg", 1 << 20), HasSubstr("<svg"));
  EXPECT_FALSE(fs::exists(work() + "/model.gguf"));

  EXPECT_THAT(run({"list", "--json"}).out, HasSubstr(R"("name":"mine")"));
  const Outcome answer =
      run({"run", "mine", "Who sits on chair 7?", "--temperature", "0", "--max-tokens", "40"});
  EXPECT_EQ(answer.code, 0) << answer.err;
  EXPECT_THAT(answer.out, HasSubstr("sits the cat"));
}

TEST_F(FinetuneTest, TellsInWordsWhatItDoesAndWhereThingsAre) {
  const Outcome ran = run(training({"--steps", "3", "--type", "q8_0"}));
  EXPECT_EQ(ran.code, 0);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("Teaching 'mine' 20 chats, beginning with 'tiny'"),
                             HasSubstr(work()), HasSubstr("That is about 3 steps"),
                             HasSubstr("Learning 20 lessons"), HasSubstr("learning ")));
  EXPECT_THAT(ran.err, ::testing::Not(HasSubstr("\x1B")));
  EXPECT_THAT(ran.out, AllOf(HasSubstr("hearth chat mine"), HasSubstr(made()),
                             HasSubstr("curve.csv"), HasSubstr("curve.svg")));
}

TEST_F(FinetuneTest, StopsAtCtrlCWithACheckpointAndGoesOnFromThere) {
  Command command(home(), training({"--steps", "1000000", "--json"}));
  ASSERT_FALSE(command.line_with(R"("event":"step","step":3)").empty());
  ASSERT_TRUE(command.process().signal(SIGINT));
  const double step = number_in(command.line_with(R"("event":"stopped")"), "step");
  EXPECT_EQ(command.exit_code(), kCancelled);
  EXPECT_GE(step, 3);
  EXPECT_FALSE(fs::exists(made()));

  const auto last = static_cast<int>(step) + 2;
  const Outcome again = run(training({"--steps", std::to_string(last)}));
  EXPECT_EQ(again.code, 0) << again.err;
  EXPECT_THAT(again.err, AllOf(HasSubstr("goes on from its checkpoint"),
                               HasSubstr(fmt::format("going on behind step {:.0f}", step))));
  EXPECT_THAT(again.out, HasSubstr(fmt::format("{} steps", last)));
  EXPECT_TRUE(fs::exists(made()));
  // Once more, and longer: it is the same training, so it may replace what it made.
  EXPECT_EQ(run(training({"--steps", std::to_string(last + 1)})).code, 0);
}

TEST_F(FinetuneTest, EndsALegWithACheckpointAndAnExitCodeOfItsOwn) {
  const Outcome leg = run(training({"--steps", "1000000", "--leg-minutes", "0.02"}));
  EXPECT_EQ(leg.code, kPartial);
  EXPECT_THAT(leg.err, HasSubstr("This leg is over at step"));
  EXPECT_TRUE(fs::exists(work() + "/checkpoint"));
  EXPECT_FALSE(fs::exists(made()));
}

TEST_F(FinetuneTest, DrawsABarOnATerminalAndStopsAtCtrlC) {
  ::setenv("TERM", "xterm", 1);
  ::unsetenv("NO_COLOR");
  auto words = training({"--steps", "1000000"});
  words.insert(words.begin(), {hearth_path(), "--home", home()});
  process::testing::Terminal terminal(words);
  EXPECT_TRUE(terminal.shows("\r\x1B[Klearning   0%"));
  EXPECT_TRUE(terminal.shows("\x1B[36m[--"));
  EXPECT_TRUE(terminal.shows("tokens/s"));
  EXPECT_TRUE(terminal.shows("left"));
  terminal.type("\x03");
  EXPECT_TRUE(terminal.shows("Stopping at the next checkpoint"));
  EXPECT_TRUE(terminal.shows("The same command goes on from there."));
  EXPECT_EQ(terminal.exit_code(), kCancelled);
}

TEST_F(FinetuneTest, ShowsNoColoursWhereNobodyWantsThem) {
  ::setenv("TERM", "xterm", 1);
  ::setenv("NO_COLOR", "1", 1);
  auto words = training({"--steps", "5"});
  words.insert(words.begin(), {hearth_path(), "--home", home()});
  process::testing::Terminal terminal(words);
  EXPECT_EQ(terminal.exit_code(), 0);
  EXPECT_THAT(terminal.screen(), AllOf(HasSubstr("[####"), ::testing::Not(HasSubstr("\x1B[36m"))));
  ::unsetenv("NO_COLOR");
}

// The state letter of a process, or 'X' when there is none; its parent.
std::pair<char, int> state_of(int pid) {
  std::ifstream file(fmt::format("/proc/{}/stat", pid));
  std::string text;
  std::getline(file, text);
  const std::size_t behind_name = text.rfind(')');
  if (behind_name == std::string::npos) return {'X', 0};
  return {text[behind_name + 2], std::atoi(text.c_str() + behind_name + 4)};
}

int child_of(int parent) {
  for (const auto& entry : fs::directory_iterator("/proc")) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid > 0 && state_of(pid).second == parent) return pid;
  }
  return 0;
}

TEST_F(FinetuneTest, LeavesNoTrainerBehindWhenItIsKilled) {
  Command command(home(), training({"--steps", "1000000", "--json"}));
  ASSERT_FALSE(command.line_with(R"("event":"step")").empty());
  const int trainer = child_of(command.process().pid());
  ASSERT_GT(trainer, 0);
  command.process().kill_group();
  EXPECT_TRUE(becomes_true([&] {
    const char state = state_of(trainer).first;
    return state == 'X' || state == 'Z';
  }));
}

TEST_F(FinetuneTest, NamesTheLineThatIsNoChatBeforeAnythingIsLearned) {
  chats_ = folder_.write("bad.jsonl", chat_line(1) + "{\"prompt\":\"a\"}\n");
  const Outcome ran = run(training({}));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("bad.jsonl:2: messages"), HasSubstr("for example")));
  EXPECT_FALSE(fs::exists(work()));
  chats_ = folder_.file("nothing.jsonl");
  EXPECT_THAT(run(training({})).err, HasSubstr("nothing.jsonl"));
}

TEST_F(FinetuneTest, NamesABadLineFarDownToo) {
  std::string lines;
  for (int i = 0; i < 1500; ++i)
    lines += chat_line(i);
  chats_ = folder_.write("long.jsonl", lines + R"({"messages":[{"role":"cat"}]})" + "\n");
  const Outcome ran = run(training({}));
  EXPECT_EQ(ran.code, 1);
  EXPECT_THAT(ran.err, AllOf(HasSubstr("long.jsonl:1501: "), HasSubstr("for example")));
}

TEST_F(FinetuneTest, ExplainsAModelThatIsNotThereOrCannotBeTrained) {
  EXPECT_THAT(run({"finetune", chats_, "--from", "tinny", "--name", "mine"}).err,
              HasSubstr("no model is called 'tinny'"));
  const Outcome encoder =
      run({"finetune", chats_, "--from", model_path("tiny-bert-f16"), "--name", "mine"});
  EXPECT_EQ(encoder.code, 1);
  EXPECT_THAT(encoder.err, HasSubstr("cannot be trained: its architecture is bert"));
  EXPECT_THAT(run({"finetune", chats_, "--from", "tiny", "--name", "a/b"}).err,
              HasSubstr("'a/b' cannot be a model's name"));
  EXPECT_THAT(run(training({"--context", "1000000"})).err, HasSubstr("--context 1000000 is more"));
}

TEST_F(FinetuneTest, SaysWhenThereIsNotEnoughMemory) {
  auto words = training({"--batch-tokens", "65536"});
  words.erase(words.end() - 4, words.end() - 2);  // the other --batch-tokens
  std::string line = "ulimit -v 300000; exec " + hearth_path();
  for (const std::string& word : words)
    line += " '" + word + "'";
  Command command(home(), {"-c", line}, "/bin/sh");
  EXPECT_THAT(command.err(), AllOf(HasSubstr("of memory and"), HasSubstr("293.0 MiB are available"),
                                   HasSubstr("--batch-tokens")));
  EXPECT_EQ(command.exit_code(), 1);
}

TEST_F(FinetuneTest, KeepsANameForTheTrainingThatHasIt) {
  EXPECT_THAT(run({"finetune", chats_, "--from", "tiny", "--name", "tiny"}).err,
              HasSubstr("would replace the model that it begins with"));
  std::ofstream(made()) << "somebody's";
  EXPECT_THAT(run(training({"--steps", "2"})).err, HasSubstr("was not made by this training"));
  EXPECT_EQ(run(training({"--steps", "2", "--force"})).code, 0);
  EXPECT_GT(fs::file_size(made()), 1000U);

  const Outcome other = run(training({"--steps", "2", "--seed", "5"}));
  EXPECT_EQ(other.code, 1);
  EXPECT_THAT(other.err, AllOf(HasSubstr("was begun otherwise"), HasSubstr("--seed was 1 and is 5"),
                               HasSubstr("--force")));
  Command running(home(), training({"--steps", "1000000", "--json"}));
  ASSERT_FALSE(running.line_with(R"("event":"step")").empty());
  EXPECT_THAT(run(training({"--steps", "2"})).err, HasSubstr("runs already"));
}

TEST_F(FinetuneTest, HidesNoModelAndNoShortName) {
  ModelStore store(home() + "/models");
  store.keep("mario", {store.add(model_path("tiny-llama-f16"))});
  for (const char* name : {"mario", "Ember", "qwen2.5-7b-instruct"}) {
    const Outcome refused =
        run({"finetune", chats_, "--from", "tiny", "--name", name, "--steps", "2"});
    EXPECT_EQ(refused.code, 1) << name;
    EXPECT_THAT(refused.err, HasSubstr("--force to begin anew and take the name")) << name;
  }
}

}  // namespace
}  // namespace hearth::testing
