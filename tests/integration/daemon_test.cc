// The real daemon with the real runner, spoken to over HTTP: what must work, and what must break
// cleanly.
#include "daemon.h"

#include <csignal>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "places.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

class DaemonTest : public ::testing::Test {
 protected:
  // A file in the daemon's home with this content; its path.
  std::string write(const std::string& name, const std::string& content) {
    const std::string path = daemon_.home() + "/" + name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
  static std::string content_of(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void expect_still_fine() {
    const ChatAnswer answer = daemon_.chat(tiny_, "still there?", 4);
    EXPECT_EQ(answer.finish_reason, "length") << answer.body;
    EXPECT_TRUE(daemon_.is_alive());
  }

  DaemonProcess daemon_;
  const std::string tiny_ = model_path("tiny-llama-f16");
  const std::string small_ = model_path("small-qwen2-f16");
};

TEST_F(DaemonTest, StreamsAnAnswerAndEndsItWithDone) {
  const ChatAnswer answer = daemon_.chat(tiny_, "hello", 20);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.finish_reason, "length");
  EXPECT_FALSE(answer.text.empty());
  ASSERT_FALSE(answer.data.empty());
  EXPECT_EQ(answer.data.back(), "[DONE]");
}

TEST_F(DaemonTest, TheWholeAnswerIsTheStreamedOne) {
  const ChatAnswer streamed = daemon_.chat(tiny_, "hello", 20);
  const ChatAnswer whole = daemon_.post_chat(chat_body(tiny_, "hello", 20, false));
  EXPECT_EQ(whole.text, streamed.text);
  EXPECT_EQ(DaemonProcess::number_in(whole.body, "completion_tokens"), 20);
}

TEST_F(DaemonTest, ModelsOfTheFolderAreListedAndCalledByName) {
  fs::create_directories(daemon_.home() + "/models");
  fs::copy_file(tiny_, daemon_.home() + "/models/my-model.gguf");
  EXPECT_NE(daemon_.get("/v1/models").body.find("my-model"), std::string::npos);
  EXPECT_EQ(daemon_.chat("my-model", "hello", 4).finish_reason, "length");
  EXPECT_NE(daemon_.get("/hearth/v1/models").body.find("\"ready\""), std::string::npos);
}

TEST_F(DaemonTest, HealthTellsThatItLives) {
  EXPECT_EQ(daemon_.get("/health/live").status, 200);
  EXPECT_EQ(daemon_.get("/health/ready").status, 200);
}

TEST_F(DaemonTest, KillingTheRunnerWhileItStreamsEndsTheRequestAndTheNextOneWorks) {
  int killed = 0;
  const ChatAnswer answer =
      daemon_.post_chat(chat_body(small_, "go on", 2000, true), [&](std::string_view bytes) {
        if (killed == 0 && bytes.find("content\":\"") != std::string_view::npos) {
          killed = daemon_.runner_pid();
          ::kill(killed, SIGKILL);
        }
        return net::ChunkAction::kContinue;
      });
  EXPECT_GT(killed, 0);
  EXPECT_EQ(answer.error_code, "engine_crashed") << answer.body.substr(0, 2000);
  EXPECT_NE(answer.data.back(), "[DONE]");
  EXPECT_EQ(daemon_.chat(small_, "again", 4).finish_reason, "length");
  EXPECT_EQ(daemon_.metric("hearth_runner_crashes_total"), 1);
}

TEST_F(DaemonTest, KillingTheRunnerWhileItPrefillsEndsTheRequest) {
  ASSERT_EQ(daemon_.chat(small_, "load", 1).finish_reason, "length");
  const int runner = daemon_.runner_pid();
  std::string prompt;
  for (int i = 0; i < 2500; ++i)
    prompt += "word ";
  std::thread killer([&] {
    becomes_true([&] {
      return DaemonProcess::number_in(daemon_.get("/hearth/v1/models").body, "requests_running") >
             0;
    });
    ::kill(runner, SIGKILL);
  });
  const ChatAnswer answer = daemon_.chat(small_, prompt, 100);
  killer.join();
  EXPECT_EQ(answer.error_code, "engine_crashed") << answer.body.substr(0, 500);
  expect_still_fine();
}

TEST_F(DaemonTest, KillingTheRunnerWhileItLoadsEndsTheRequest) {
  std::thread killer([&] {
    becomes_true([&] {
      const int pid = daemon_.runner_pid();
      return pid > 0 && ::kill(pid, SIGKILL) == 0;
    });
  });
  const ChatAnswer answer = daemon_.chat(small_, "hello", 4);
  killer.join();
  EXPECT_EQ(answer.error_code, "engine_crashed") << answer.body;
  EXPECT_EQ(daemon_.chat(small_, "again", 4).finish_reason, "length");
}

TEST_F(DaemonTest, AClientThatLeavesStopsTheEngine) {
  ASSERT_EQ(daemon_.chat(small_, "load", 1).finish_reason, "length");
  int chunks = 0;
  daemon_.post_chat(chat_body(small_, "go on", 2000, true), [&](std::string_view) {
    return ++chunks < 5 ? net::ChunkAction::kContinue : net::ChunkAction::kStop;
  });
  EXPECT_TRUE(becomes_true([&] {
    const std::string stats = daemon_.get("/hearth/v1/stats?model=" + small_).body;
    return DaemonProcess::number_in(stats, "requests_cancelled") == 1 &&
           DaemonProcess::number_in(stats, "running") == 0;
  }));
  const std::string stats = daemon_.get("/hearth/v1/stats?model=" + small_).body;
  const auto steps = DaemonProcess::number_in(stats, "steps");
  EXPECT_LT(steps, 1500);  // the answer was not computed to its end
  const std::string later = daemon_.get("/hearth/v1/stats?model=" + small_).body;
  EXPECT_EQ(DaemonProcess::number_in(later, "steps"), steps);
}

TEST_F(DaemonTest, BrokenModelFilesAreToldApartAndHurtNobody) {
  const std::string good = content_of(tiny_);
  std::string flipped = good;
  for (std::size_t at = 40; at < 4000; at += 37)
    flipped[at] = static_cast<char>(~flipped[at]);
  std::string huge = good;
  for (std::size_t at = 8; at < 24; ++at)
    huge[at] = '\x7F';  // counts of tensors and keys
  const std::vector<std::pair<std::string, std::string>> files = {
      {write("empty.gguf", ""), "empty"},
      {write("text.gguf", "This is a text and no model at all, whatever its name says.\n"),
       "not a GGUF"},
      {write("truncated-header.gguf", good.substr(0, 300)), ""},
      {write("truncated-weights.gguf", good.substr(0, good.size() - 1000)), ""},
      {write("huge.gguf", huge), ""},
      {write("flipped.gguf", flipped), ""},
  };
  for (const auto& [path, word] : files) {
    const ChatAnswer answer = daemon_.chat(path, "hello", 4);
    EXPECT_GE(answer.status, 400) << path;
    EXPECT_FALSE(answer.error_message.empty()) << path << answer.body;
    EXPECT_NE(answer.error_message.find(word), std::string::npos) << answer.error_message;
    EXPECT_NE(answer.error_code, "engine_crashed") << path;
  }
  EXPECT_EQ(daemon_.metric("hearth_runner_crashes_total"), 0);
  expect_still_fine();
}

TEST_F(DaemonTest, PathsThatAreNoFilesAreErrors) {
  ASSERT_EQ(::mkfifo((daemon_.home() + "/pipe.gguf").c_str(), 0600), 0);
  for (const std::string& path :
       {daemon_.home(), std::string("/dev/zero"), daemon_.home() + "/pipe.gguf",
        std::string("/nonexistent/model.gguf"), std::string("/etc/hostname/model.gguf")}) {
    const ChatAnswer answer = daemon_.chat(path, "hello", 4);
    EXPECT_GE(answer.status, 400) << path;
    EXPECT_LT(answer.status, 600) << path;
    EXPECT_FALSE(answer.error_message.empty()) << path;
  }
  expect_still_fine();
}

TEST_F(DaemonTest, APromptLongerThanTheContextIsTheClientsErrorWithNumbers) {
  std::string prompt;
  for (int i = 0; i < 6000; ++i)
    prompt += "word ";
  const ChatAnswer answer = daemon_.chat(small_, prompt, 4);
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.error_code, "context_length_exceeded");
  EXPECT_NE(answer.error_message.find("4096"), std::string::npos) << answer.error_message;
  expect_still_fine();
}

TEST_F(DaemonTest, HostileJsonIsRefused) {
  const std::string deep(10'000, '[');
  EXPECT_EQ(daemon_.post_chat(deep).status, 400);
  EXPECT_EQ(daemon_.post_chat(R"({"model":"m","messages":)" + deep).status, 400);
  EXPECT_EQ(daemon_.post_chat("{\"model\":\"\xFF\xFE\"}").status, 400);
  EXPECT_EQ(daemon_.post_chat("").status, 400);
  expect_still_fine();
}

TEST_F(DaemonTest, ABodyOverTheLimitIsRefused) {
  const std::string body = R"({"model":"m","messages":[],"x":")" + std::string(70 << 20, 'x');
  const ChatAnswer answer = daemon_.post_chat(body);
  EXPECT_TRUE(answer.status == 413 || answer.error_code == "no reply") << answer.status;
  expect_still_fine();
}

TEST_F(DaemonTest, UnloadingEndsTheRunner) {
  ASSERT_EQ(daemon_.chat(tiny_, "hello", 1).finish_reason, "length");
  const int runner = daemon_.runner_pid();
  EXPECT_EQ(daemon_.post("/hearth/v1/models/unload", R"({"model":")" + tiny_ + R"("})").status,
            200);
  EXPECT_EQ(::kill(runner, 0), -1);
  EXPECT_EQ(daemon_.runner_pid(), 0);
  expect_still_fine();
}

TEST_F(DaemonTest, SigtermEndsItAndItsRunners) {
  ASSERT_EQ(daemon_.chat(tiny_, "hello", 1).finish_reason, "length");
  const int runner = daemon_.runner_pid();
  ASSERT_TRUE(daemon_.process().signal(SIGTERM).has_value());
  const auto status = daemon_.process().wait(std::chrono::seconds(20));
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(status->is_success()) << status->to_string();
  EXPECT_EQ(::kill(runner, 0), -1);
}

TEST_F(DaemonTest, KillingTheDaemonTakesItsRunnersAlong) {
  ASSERT_EQ(daemon_.chat(tiny_, "hello", 1).finish_reason, "length");
  const int runner = daemon_.runner_pid();
  ASSERT_TRUE(daemon_.process().signal(SIGKILL).has_value());
  EXPECT_TRUE(becomes_true([&] { return ::kill(runner, 0) == -1; }));
}

TEST(DaemonStart, APortThatIsTakenIsAClearError) {
  DaemonProcess first({"--port", "0"});
  const std::string log = first.home() + "/second.log";
  process::SpawnOptions options;
  options.program = hearth_path();
  options.arguments = {"serve", "--private"};
  options.environment = {"HEARTH_HOME=" + first.home()};
  options.err = process::SpawnOptions::Output::kPipe;
  auto second = process::Child::spawn(options);
  ASSERT_TRUE(second.has_value());
  const auto status = second->wait(std::chrono::seconds(20));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 1);
}

}  // namespace
}  // namespace hearth::testing
