// Long runs of the real daemon: whatever happens to its runners it goes on, and it keeps nothing.
//
// HEARTH_SOAK_SECONDS says how long the chaos lasts; 60 when it is not set.
#include <algorithm>
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

#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "base/units.h"
#include "daemon.h"
#include "places.h"
#include "process/memory.h"
#include "runner_client.h"

namespace hearth::testing {
namespace {

constexpr int kClients = 4;
constexpr int kWarmUpRequests = 300;
constexpr int kRequests = 10'000;

std::chrono::seconds soak_time() {
  const char* set = std::getenv("HEARTH_SOAK_SECONDS");
  const int seconds = set == nullptr ? 0 : std::atoi(set);
  return std::chrono::seconds(seconds > 0 ? seconds : 60);
}

// The processes whose parent this is. The name in /proc/PID/stat may hold anything but ends with
// the last parenthesis.
std::set<int> children_of(int parent) {
  std::set<int> children;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator("/proc", error)) {
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

// Clients that ask for answers of all lengths, some of which they do not wait for.
class Clients {
 public:
  Clients(DaemonProcess& daemon, std::vector<std::string> models)
      : daemon_(daemon), models_(std::move(models)) {
    for (unsigned seed = 0; seed < kClients; ++seed)
      threads_.emplace_back([this, seed] { run(seed); });
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
  int crashed() const { return crashed_; }
  std::vector<std::string> surprises() {
    const std::lock_guard lock(mutex_);
    return surprises_;
  }

 private:
  void run(unsigned seed) {
    std::mt19937 random(seed);
    while (!stopping_) {
      const bool leaves = random() % 4 == 0;
      const int tokens = 1 + static_cast<int>(random() % 200);
      const std::string& model = models_[random() % models_.size()];
      const ChatAnswer answer =
          daemon_.post_chat(chat_body(model, "go on", tokens, true), [&](std::string_view) {
            return leaves ? net::ChunkAction::kStop : net::ChunkAction::kContinue;
          });
      if (leaves && answer.status == 200) continue;
      if (!answer.finish_reason.empty()) {
        ++answered_;
      } else if (answer.error_code == "engine_crashed") {
        ++crashed_;
      } else {
        const std::lock_guard lock(mutex_);
        surprises_.push_back(answer.error_code + ": " + answer.error_message);
      }
    }
  }

  DaemonProcess& daemon_;
  const std::vector<std::string> models_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> answered_ = 0;
  std::atomic<int> crashed_ = 0;
  std::mutex mutex_;
  std::vector<std::string> surprises_;
  std::vector<std::thread> threads_;
};

TEST(Soak, RunnersThatAreKilledTakeOnlyTheirRequestsAlong) {
  ASSERT_EQ(::prctl(PR_SET_CHILD_SUBREAPER, 1), 0);  // what outlives the daemon becomes ours
  const std::set<int> before = children_of(::getpid());
  DaemonProcess daemon;
  Clients clients(daemon, {model_path("tiny-llama-f16"), model_path("small-qwen2-f16")});
  std::mt19937 random(1);
  int kills = 0;
  const auto until = std::chrono::steady_clock::now() + soak_time();
  while (std::chrono::steady_clock::now() < until) {
    // A moment nobody can foresee, in which the daemon must not end.
    ASSERT_FALSE(daemon.process().wait(std::chrono::milliseconds(random() % 1000)));
    for (const int runner : children_of(daemon.pid())) {
      if (random() % 2 == 0 && ::kill(runner, SIGKILL) == 0) ++kills;
    }
  }
  clients.stop();
  EXPECT_TRUE(daemon.is_alive());
  EXPECT_TRUE(clients.surprises().empty()) << clients.surprises().front();
  EXPECT_GT(kills, 0);
  EXPECT_GT(clients.answered(), 0);
  EXPECT_GT(clients.crashed(), 0);
  EXPECT_EQ(daemon.chat(model_path("tiny-llama-f16"), "still there?", 4).finish_reason, "length");
  ASSERT_TRUE(daemon.process().signal(SIGTERM));
  const auto status = daemon.process().wait(std::chrono::seconds(30));
  ASSERT_TRUE(status) << status.error().to_string();
  EXPECT_TRUE(status->is_success()) << status->to_string();
  EXPECT_EQ(children_of(::getpid()), before);
}

TEST(Soak, ManyRequestsLeaveNoMemoryBehind) {
  DaemonProcess daemon;
  const std::string model = model_path("tiny-llama-f16");
  const auto ask = [&](int count) {
    for (int i = 0; i < count; ++i)
      ASSERT_EQ(daemon.chat(model, "hello", 4).finish_reason, "length") << "request " << i;
  };
  ASSERT_NO_FATAL_FAILURE(ask(kWarmUpRequests));
  const std::uint64_t warm = process::resident_bytes(daemon.pid());
  ASSERT_GT(warm, 0U);
  ASSERT_NO_FATAL_FAILURE(ask(kRequests));
  EXPECT_LE(process::resident_bytes(daemon.pid()), warm + std::max(warm / 50, base::kMiB));
}

// Prompts of all lengths and in several scopes, so that prefixes come and go in memory and on disk.
TEST(Soak, ManyPromptsLeaveNoMemoryBehindInTheirRunner) {
  const base::testing::TemporaryFolder folder;
  RunnerClient runner(runner_path(), folder.path());
  const auto loaded =
      runner.load(model_path("tiny-llama-f16"), {.context = 1024,
                                                 .kv_tokens = 2048,
                                                 .threads = 1,
                                                 .prefix_memory_bytes = 8 * base::kMiB,
                                                 .prefix_file_bytes = 32 * base::kMiB});
  ASSERT_TRUE(loaded.has_value());
  std::mt19937 random(7);
  std::uint32_t request = 0;
  const auto ask = [&](int count) {
    constexpr int kTogether = 4;
    for (int i = 0; i < count; i += kTogether) {
      for (int j = 0; j < kTogether; ++j) {
        std::string prompt;
        for (std::uint32_t word = random() % 60; word > 0; --word)
          prompt += "word" + std::to_string(random() % 3) + " ";
        chat::Request asked = make_request(prompt + "end", 1 + random() % 8);
        asked.cache_scope = std::to_string(random() % 5);
        runner.generate(++request, asked);
      }
      for (int j = 0; j < kTogether; ++j) {
        const auto which = request - static_cast<std::uint32_t>(j);
        ASSERT_TRUE(runner.finish(which).finished.has_value()) << "request " << which;
      }
    }
  };
  // What is kept differs from moment to moment, so the lowest of twenty are compared: a
  // leak raises them all.
  const auto lowest = [&](int count) {
    constexpr int kSamples = 20;
    std::uint64_t bytes = UINT64_MAX;
    for (int i = 0; i < kSamples; ++i) {
      ask(count / kSamples);
      bytes = std::min(bytes, runner.stats().resident_bytes);
    }
    return bytes;
  };
  ASSERT_NO_FATAL_FAILURE(ask(kRequests / 5));
  const std::uint64_t warm = lowest(kRequests / 2);
  const std::uint64_t later = lowest(kRequests);
  EXPECT_LE(later, warm + warm / 50);
  const wire::Stats stats = runner.stats();
  EXPECT_LE(stats.prefix_ram_bytes, 8 * base::kMiB);
  EXPECT_LE(stats.prefix_disk_bytes, 32 * base::kMiB);
  EXPECT_EQ(stats.kv_tokens_used, 0U);
}

}  // namespace
}  // namespace hearth::testing
