// Whatever happens to runners, while clients ask: killed, stopped, replaced by one that babbles,
// hangs and crashes. Nobody waits past a deadline, nobody is told another's text, nothing is left.
//
// HEARTH_CHAOS_SECONDS says how long it lasts; 60 when it is not set.
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "daemon.h"
#include "places.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr unsigned kClients = 4;
constexpr milliseconds kDeadline = seconds(8);
constexpr milliseconds kSlack = seconds(5);  // of a machine that has other things to do
constexpr int kMoreFiles = 4;                // a connection that is just being closed

seconds chaos_time() {
  const char* set = std::getenv("HEARTH_CHAOS_SECONDS");
  const int wanted = set == nullptr ? 0 : std::atoi(set);
  return seconds(wanted > 0 ? wanted : 60);
}

// The processes whose parent this is. The name in /proc/PID/stat may hold anything but ends with
// the last parenthesis.
std::set<int> children_of(int parent) {
  std::set<int> children;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    const int pid = std::atoi(entry.path().filename().c_str());
    if (pid <= 0) continue;
    std::ifstream file(entry.path() / "stat");
    const std::string stat((std::istreambuf_iterator<char>(file)), {});
    const std::size_t name_end = stat.rfind(')');
    if (name_end == std::string::npos || name_end + 4 > stat.size()) continue;
    if (std::atoi(stat.c_str() + name_end + 4) == parent) children.insert(pid);
  }
  return children;
}

int open_files_of(int pid) {
  int count = 0;
  std::error_code error;
  for ([[maybe_unused]] const auto& entry :
       fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", error))
    ++count;
  return count;
}

// Where the daemon finds its runner: the real one, or the fake, as one link that changes at once.
class RunnerLink {
 public:
  RunnerLink() { use(runner_path()); }
  void use(const std::string& runner) const {
    const std::string fresh = folder_.path() + "/fresh";
    fs::create_symlink(runner, fresh);
    fs::rename(fresh, path());
  }
  std::string path() const { return folder_.path() + "/runner"; }

 private:
  base::testing::TemporaryFolder folder_;
};

// A request whose only answer is its own sentence; the fake takes its prompt for an order.
struct Question {
  std::string model;
  std::string order;
  std::string sentence;

  std::string body() const {
    return R"({"model":")" + model + R"(","messages":[{"role":"user","content":")" + order +
           R"("}],"max_tokens":200,"stream":true,"grammar":"root ::= \")" + sentence +
           R"(\"","hearth":{"deadline_ms":)" + std::to_string(kDeadline.count()) + "}}";
  }
};

// The words of the fake, so many of them.
bool is_fake(std::string_view text) {
  constexpr std::string_view kWord = "word ";
  while (text.starts_with(kWord))
    text.remove_prefix(kWord.size());
  return text.empty();
}

// Empty when that is an answer of which nothing is wrong.
std::string fault_of(const Question& question, const ChatAnswer& answer) {
  static const std::set<std::string> kExpected{"engine_crashed", "deadline_exceeded",
                                               "unavailable"};
  if (!question.sentence.starts_with(answer.text) && !is_fake(answer.text)) {
    return "another text: " + answer.text;
  }
  if (answer.finish_reason.empty()) {
    if (kExpected.contains(answer.error_code)) return "";
    return answer.error_code + ": " + answer.error_message;
  }
  const bool is_whole = answer.text == question.sentence || is_fake(answer.text);
  return is_whole ? "" : "half of a text: " + answer.text;
}

class Clients {
 public:
  Clients(DaemonProcess& daemon, std::vector<std::string> models)
      : daemon_(daemon), models_(std::move(models)) {
    for (unsigned client = 0; client < kClients; ++client)
      threads_.emplace_back([this, client] { run(client); });
  }
  ~Clients() { stop(); }
  Clients(const Clients&) = delete;
  Clients& operator=(const Clients&) = delete;

  void stop() {
    stopping_ = true;
    for (std::thread& thread : threads_)
      if (thread.joinable()) thread.join();
  }
  int answered() const { return answered_; }
  int failed() const { return failed_; }
  std::vector<std::string> faults() {
    const std::lock_guard lock(mutex_);
    return faults_;
  }

 private:
  void run(unsigned client) {
    std::mt19937 random(client);
    for (int count = 0; !stopping_; ++count) {
      static const char* const kOrders[] = {"say 5", "hang 2", "crash 3", "babble", "wrong"};
      const Question question{models_[random() % models_.size()], kOrders[random() % 5],
                              "This is answer " + std::to_string(count) + " for client " +
                                  std::to_string(client) + " and for nobody else."};
      ask(question, random() % 4 == 0);
    }
  }

  void ask(const Question& question, bool leaves) {
    const auto begin = Clock::now();
    const ChatAnswer answer = daemon_.post_chat(question.body(), [&](std::string_view) {
      return leaves ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
    });
    const auto took = std::chrono::duration_cast<milliseconds>(Clock::now() - begin);
    std::string fault = leaves && answer.status == 200 ? "" : fault_of(question, answer);
    if (took > kDeadline + kSlack) fault += " after " + std::to_string(took.count()) + " ms";
    ++(answer.finish_reason.empty() ? failed_ : answered_);
    if (fault.empty()) return;
    const std::lock_guard lock(mutex_);
    faults_.push_back(question.order + " of " + question.model + ": " + fault);
  }

  DaemonProcess& daemon_;
  const std::vector<std::string> models_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> answered_ = 0;
  std::atomic<int> failed_ = 0;
  std::mutex mutex_;
  std::vector<std::string> faults_;
  std::vector<std::thread> threads_;
};

// What happens to runners.
class Trouble {
 public:
  Trouble(DaemonProcess& daemon, const RunnerLink& link) : daemon_(daemon), link_(link) {}

  void make() {
    wake();
    for (const int runner : children_of(daemon_.pid())) {
      const auto chance = random_() % 8;
      if (chance == 0 && ::kill(runner, SIGKILL) == 0) ++kills_;
      if (chance == 1 && ::kill(runner, SIGSTOP) == 0) {
        ++stops_;
        stopped_.insert(runner);
      }
    }
    link_.use(random_() % 3 == 0 ? HEARTH_BIN_FOLDER "/fake-runner" : runner_path());
  }
  // Everybody goes on, and who comes now is real.
  void end() {
    for (const int runner : stopped_)
      ::kill(runner, SIGCONT);
    link_.use(runner_path());
    for (const int runner : children_of(daemon_.pid()))
      ::kill(runner, SIGKILL);
  }
  milliseconds pause() { return milliseconds(random_() % 1000); }
  int kills() const { return kills_; }
  int stops() const { return stops_; }

 private:
  // Some who were stopped go on, others never.
  void wake() {
    const std::set<int> alive = children_of(daemon_.pid());
    std::erase_if(stopped_, [&](int runner) {
      if (!alive.contains(runner)) return true;
      return random_() % 4 == 0 && ::kill(runner, SIGCONT) == 0;
    });
  }

  DaemonProcess& daemon_;
  const RunnerLink& link_;
  std::mt19937 random_{1};
  std::set<int> stopped_;
  int kills_ = 0;
  int stops_ = 0;
};

TEST(Chaos, NobodyIsToldAnothersTextOrLeftToWaitAndNothingIsLeftBehind) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);  // what outlives the daemon becomes ours
  const std::set<int> before = children_of(::getpid());
  const RunnerLink link;
  DaemonProcess daemon({"--private"},
                       {"HEARTH_RUNNER_PATH=" + link.path(), "HEARTH_FLEET_MODELS=2"});
  const std::vector<std::string> models{model_path("tiny-llama-f16"), "ember", "ember-again"};
  fs::create_directories(daemon.home() + "/models");
  fs::copy_file(model_path("tiny-llama-f16"), daemon.home() + "/models/ember-again.gguf");
  const auto answers = [&](const std::string& model) {
    const Question question{model, "say 1", "Here I am."};
    return daemon.post_chat(question.body()).text == question.sentence;
  };
  for (const std::string& model : models)
    ASSERT_TRUE(answers(model)) << model;
  const int files = open_files_of(daemon.pid());

  Clients clients(daemon, models);
  Trouble trouble(daemon, link);
  const auto until = Clock::now() + chaos_time();
  while (Clock::now() < until) {
    // A moment nobody can foresee, in which the daemon must not end.
    ASSERT_FALSE(daemon.process().wait(trouble.pause()));
    trouble.make();
  }
  trouble.end();
  clients.stop();
  EXPECT_TRUE(daemon.is_alive());
  EXPECT_THAT(clients.faults(), ::testing::IsEmpty());
  EXPECT_GT(trouble.kills(), 0);
  EXPECT_GT(trouble.stops(), 0);
  EXPECT_GT(clients.answered(), 0);
  EXPECT_GT(clients.failed(), 0);
  RecordProperty("answered", clients.answered());
  RecordProperty("failed", clients.failed());

  // Whoever crashed too often is left alone for a minute at most.
  for (const std::string& model : models)
    EXPECT_TRUE(becomes_true([&] { return answers(model); }, seconds(90))) << model;
  EXPECT_TRUE(becomes_true([&] { return open_files_of(daemon.pid()) <= files + kMoreFiles; }));
  ASSERT_TRUE(daemon.process().signal(SIGTERM));
  const auto status = daemon.process().wait(seconds(30));
  ASSERT_TRUE(status) << status.error().to_string();
  EXPECT_TRUE(status->is_success()) << status->to_string();
  EXPECT_EQ(children_of(::getpid()), before);
}

}  // namespace
}  // namespace hearth::testing
