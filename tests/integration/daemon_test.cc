// The real daemon with the real runner, spoken to over HTTP: what must work, and what must break
// cleanly.
#include "daemon.h"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <thread>

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/file_lock.h"
#include "places.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

// With these, the same request is computed in the same portions every time, and is then the same to
// the letter; see docs/engine.md.
const std::vector<std::string> kRepeatable = {"HEARTH_MODEL_PREFIX_MEMORY=0",
                                              "HEARTH_MODEL_SEQUENCES=1"};

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

  // A long streamed answer; something happens when its first text has come.
  ChatAnswer stream_and_once(const std::function<void()>& at_first_text) {
    bool begun = false;
    return daemon_.post_chat(chat_body(small_, "go on", 2000, true), [&](std::string_view bytes) {
      if (!begun && bytes.find("content\":\"") != std::string_view::npos) {
        begun = true;
        at_first_text();
      }
      return net::ChunkAction::kContinue;
    });
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

TEST(Daemon, TheWholeAnswerIsTheStreamedOne) {
  DaemonProcess daemon({}, kRepeatable);
  const std::string tiny = model_path("tiny-llama-f16");
  const ChatAnswer streamed = daemon.chat(tiny, "hello", 20);
  const ChatAnswer whole = daemon.post_chat(chat_body(tiny, "hello", 20, false));
  EXPECT_EQ(whole.text, streamed.text);
  EXPECT_EQ(DaemonProcess::number_in(whole.body, "completion_tokens"), 20);
}

// The value of every "content" of an answer's choices, as JSON wrote it.
std::vector<std::string> contents_of(const std::string& body) {
  constexpr std::string_view kMark = R"("content":")";
  std::vector<std::string> contents;
  for (std::size_t at = body.find(kMark); at != std::string::npos; at = body.find(kMark, at)) {
    at += kMark.size();
    contents.push_back(body.substr(at, body.find(R"(","refusal")", at) - at));
  }
  return contents;
}

TEST(Daemon, SeveralChoicesAreWhatTheirSeedsGiveAlone) {
  DaemonProcess daemon({}, kRepeatable);
  const auto ask = [&](const std::string& fields) {
    return daemon.post_chat(R"({"model":")" + model_path("tiny-llama-f16") +
                            R"(","messages":[{"role":"user","content":"hello"}],"max_tokens":12,)"
                            R"("temperature":1.5,"ignore_eos":true,)" +
                            fields + "}");
  };
  const std::string several = ask(R"("seed":7,"n":3)").body;
  const auto choices = contents_of(several);
  ASSERT_EQ(choices.size(), 3U) << several;
  EXPECT_EQ(DaemonProcess::number_in(several, "completion_tokens"), 36);
  std::int64_t prompt_tokens = 0;
  for (std::size_t i = 0; i < 3; ++i) {
    const std::string alone = ask(R"("seed":)" + std::to_string(7 + i)).body;
    EXPECT_EQ(contents_of(alone), std::vector{choices[i]}) << i;
    prompt_tokens = DaemonProcess::number_in(alone, "prompt_tokens");
  }
  EXPECT_NE(choices[0], choices[1]);
  EXPECT_EQ(DaemonProcess::number_in(several, "prompt_tokens"), prompt_tokens);
}

TEST_F(DaemonTest, LogprobsAndWhatWasDroppedAreTold) {
  std::string prompt;
  for (int i = 0; i < 6000; ++i)
    prompt += "word ";
  const std::string ask = R"({"model":")" + tiny_ + R"(","messages":[{"role":"user","content":")" +
                          prompt +
                          R"("},{"role":"user","content":"hello"}],"max_tokens":3,"temperature":0,)"
                          R"("ignore_eos":true,"logprobs":true,"top_logprobs":2)";
  EXPECT_EQ(daemon_.post_chat(ask + "}").error_code, "context_length_exceeded");
  const ChatAnswer cut = daemon_.post_chat(ask + R"(,"hearth":{"overflow":"truncate"}})");
  EXPECT_EQ(cut.status, 200) << cut.body;
  EXPECT_GT(DaemonProcess::number_in(cut.body, "dropped_tokens"), 1000);
  EXPECT_NE(cut.body.find(R"("top_logprobs":[{"token":)"), std::string::npos) << cut.body;
}

TEST_F(DaemonTest, TokensAreCountedWhileAnAnswerIsWritten) {
  const auto tokenize = [this](const std::string& more) {
    return daemon_.post("/hearth/v1/tokenize", R"({"model":")" + small_ + "\"," + more + "}");
  };
  net::HttpReply meanwhile;
  daemon_.post_chat(chat_body(small_, "go on", 2000, true), [&](std::string_view bytes) {
    if (bytes.find("content\":\"") == std::string_view::npos) return net::ChunkAction::kContinue;
    meanwhile = tokenize(R"("text":"hello world","count_only":true)");
    return net::ChunkAction::kStop;
  });
  EXPECT_EQ(meanwhile.status, 200) << meanwhile.body;
  const std::int64_t count = DaemonProcess::number_in(meanwhile.body, "count");
  EXPECT_GT(count, 0);
  EXPECT_EQ(meanwhile.body.find("tokens"), std::string::npos);
  const net::HttpReply listed = tokenize(R"("text":"hello world")");
  EXPECT_EQ(DaemonProcess::number_in(listed.body, "count"), count);
  EXPECT_EQ(std::count(listed.body.begin(), listed.body.end(), ','), 2 + count - 1);
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
  const ChatAnswer answer = stream_and_once([&] {
    killed = daemon_.runner_pid();
    ::kill(killed, SIGKILL);
  });
  EXPECT_GT(killed, 0);
  EXPECT_EQ(answer.error_code, "engine_crashed") << answer.body.substr(0, 2000);
  EXPECT_NE(answer.data.back(), "[DONE]");
  EXPECT_EQ(daemon_.chat(small_, "again", 4).finish_reason, "length");
  EXPECT_EQ(daemon_.metric("hearth_runner_crashes_total"), 1);
}

TEST_F(DaemonTest, KillingTheRunnerWhileItPrefillsLeavesTheRequestToTheNext) {
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
  EXPECT_EQ(answer.finish_reason, "length") << answer.body.substr(0, 500);
  expect_still_fine();
}

TEST_F(DaemonTest, KillingTheRunnerWhileItLoadsLeavesTheRequestToTheNext) {
  std::thread killer([&] {
    becomes_true([&] {
      const int pid = daemon_.runner_pid();
      return pid > 0 && ::kill(pid, SIGKILL) == 0;
    });
  });
  const ChatAnswer answer = daemon_.chat(small_, "hello", 4);
  killer.join();
  EXPECT_EQ(answer.finish_reason, "length") << answer.body;
  EXPECT_EQ(daemon_.chat(small_, "again", 4).finish_reason, "length");
}

TEST_F(DaemonTest, AScraperSeesWhatTheRunnerMeasured) {
  EXPECT_EQ(daemon_.metric("hearth_engine_steps_total"), 0) << "nothing is loaded";
  ASSERT_EQ(daemon_.chat(small_, "hello", 8).finish_reason, "length");
  EXPECT_EQ(daemon_.metric("hearth_engine_token_seconds_count"), 7);
  EXPECT_EQ(daemon_.metric("hearth_engine_completion_tokens_total"), 8);
  EXPECT_GE(daemon_.metric("hearth_engine_step_seconds_count"), 8);
  EXPECT_GT(daemon_.metric("hearth_engine_kv_tokens"), 0);
}

TEST(DaemonRecord, WhatARunnerLearnedAndDecidedIsKeptInTheHome) {
  DaemonProcess daemon({}, {"HEARTH_MODEL_TRACE=yes"});
  const std::string model = model_path("tiny-llama-f16");
  ASSERT_EQ(daemon.chat(model, "hello", 8).finish_reason, "length");
  ASSERT_EQ(daemon.post("/hearth/v1/models/unload", R"({"model":")" + model + "\"}").status, 200);
  std::set<std::string> kept;
  for (const auto& entry : fs::recursive_directory_iterator(daemon.home() + "/cache/runners"))
    if (entry.is_regular_file() && entry.path().extension() != ".span")
      kept.insert(entry.path().filename());
  std::erase_if(kept, [](auto& name) { return name.starts_with("memory"); });  // if looked at
  EXPECT_EQ(kept, (std::set<std::string>{"capabilities", "cost-table", "schedule-trace"}));
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
  // Only the head is sent: the answer must not wait for the body, and the length is enough.
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string path = daemon_.home() + "/run/hearth.sock";
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const Fd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  ASSERT_EQ(::connect(client.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  const std::string head =
      "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\n"
      "Content-Type: application/json\r\nContent-Length: 73400320\r\n\r\n";
  ASSERT_TRUE(base::write_all(client.get(), head));
  char reply[64] = {};
  ASSERT_GT(::read(client.get(), reply, sizeof reply - 1), 0);
  EXPECT_TRUE(std::string(reply).starts_with("HTTP/1.1 413")) << reply;
  expect_still_fine();
}

TEST_F(DaemonTest, EverySpellingOfAModelIsTheSameRunner) {
  fs::create_directories(daemon_.home() + "/models");
  fs::copy_file(tiny_, daemon_.home() + "/models/same.gguf");
  const std::string folder = daemon_.home() + "/models/";
  for (const std::string& name : {std::string("same"), std::string("SAME.gguf"),
                                  folder + "/same.gguf", folder + "./same.gguf"}) {
    EXPECT_EQ(daemon_.chat(name, "hello", 1).finish_reason, "length") << name;
  }
  EXPECT_EQ(daemon_.metric("hearth_runner_starts_total"), 1);
  EXPECT_EQ(daemon_.post("/hearth/v1/models/unload", R"({"model":"Same.GGUF"})").status, 200);
  EXPECT_EQ(daemon_.runner_pid(), 0);
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

TEST(DaemonEnd, WaitsForNoRunnerThatHangsInItsLoad) {
  DaemonProcess daemon({}, {std::string("HEARTH_RUNNER_PATH=") + HEARTH_BIN_FOLDER "/fake-runner"});
  const std::filesystem::path models = daemon.home() + "/models";
  std::filesystem::create_directories(models);
  std::filesystem::copy_file(model_path("tiny-llama-f16"), models / "load-slow.gguf");
  ChatAnswer answer;
  std::thread client([&] { answer = daemon.chat("load-slow", "hello", 1); });
  ASSERT_TRUE(becomes_true([&] { return daemon.runner_pid() != 0; }));
  const auto begin = std::chrono::steady_clock::now();
  ASSERT_TRUE(daemon.process().signal(SIGTERM).has_value());
  const auto status = daemon.process().wait(std::chrono::seconds(20));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(8));
  client.join();
  ASSERT_TRUE(status.has_value());
  EXPECT_TRUE(status->is_success()) << status->to_string();
  EXPECT_EQ(answer.error_code, "unavailable") << answer.body;
}

TEST_F(DaemonTest, AnAnswerThatShutdownCannotWaitForIsToldSo) {
  const ChatAnswer answer = stream_and_once([&] {
    ::kill(daemon_.runner_pid(), SIGSTOP);  // it will not be done in time
    ::kill(daemon_.pid(), SIGTERM);
  });
  EXPECT_EQ(answer.error_code, "unavailable") << answer.body.substr(0, 2000);
  EXPECT_TRUE(daemon_.process().wait(std::chrono::seconds(30))->is_success());
}

TEST_F(DaemonTest, ASecondSignalDoesNotWaitForWhatRuns) {
  const ChatAnswer answer = stream_and_once([&] {
    ::kill(daemon_.runner_pid(), SIGSTOP);
    ::kill(daemon_.pid(), SIGTERM);
    ::kill(daemon_.pid(), SIGINT);
  });
  EXPECT_EQ(answer.error_code, "unavailable") << answer.body.substr(0, 2000);
  EXPECT_TRUE(daemon_.process().wait(std::chrono::seconds(30))->is_success());
}

TEST_F(DaemonTest, KillingTheDaemonTakesItsRunnersAlong) {
  ASSERT_EQ(daemon_.chat(tiny_, "hello", 1).finish_reason, "length");
  const int runner = daemon_.runner_pid();
  ASSERT_TRUE(daemon_.process().signal(SIGKILL).has_value());
  EXPECT_TRUE(becomes_true([&] { return ::kill(runner, 0) == -1; }));
}

// A `hearth serve` whose log the test reads.
class LoggedServe {
 public:
  LoggedServe(const std::string& home, const std::string& port,
              const std::vector<std::string>& environment = {}) {
    process::SpawnOptions options;
    options.program = hearth_path();
    options.arguments = {"serve", "--port", port};
    options.environment = environment;
    options.environment.push_back("HEARTH_HOME=" + home);
    options.err = process::SpawnOptions::Output::kPipe;
    child_.emplace(process::Child::spawn(options).value());
    log_ = child_->take_stderr().value();
  }
  process::Child& process() { return *child_; }
  // What it has logged when `word` was there, or when it ended.
  std::string log_until(std::string_view word) {
    char bytes[1024];
    while (text_.find(word) == std::string::npos) {
      const ssize_t count = ::read(log_.get(), bytes, sizeof bytes);
      if (count <= 0) break;
      text_.append(bytes, static_cast<std::size_t>(count));
    }
    return text_;
  }

 private:
  std::optional<process::Child> child_;
  Fd log_;
  std::string text_;
};

class DaemonStart : public ::testing::Test {
 protected:
  DaemonStart() { HEARTH_ASSERT(::mkdtemp(homes_.data()) != nullptr); }
  ~DaemonStart() override { fs::remove_all(homes_); }
  std::string homes_ = ::testing::TempDir() + "start_XXXXXX";
};

TEST_F(DaemonStart, APortThatIsTakenIsAClearError) {
  LoggedServe first(homes_ + "/a", "0");
  const std::string log = first.log_until("models=");
  const std::size_t at = log.find("127.0.0.1:");
  ASSERT_NE(at, std::string::npos) << log;
  const std::string port = std::to_string(std::atoi(log.c_str() + at + 10));
  LoggedServe second(homes_ + "/b", port);
  const auto status = second.process().wait(std::chrono::seconds(20));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 1);
  const std::string said = second.log_until("\n\n");
  EXPECT_NE(said.find(port), std::string::npos) << said;
}

TEST_F(DaemonStart, AHomeHasOneDaemon) {
  LoggedServe first(homes_, "0");
  first.log_until("models=");
  LoggedServe second(homes_, "0");
  const auto status = second.process().wait(std::chrono::seconds(20));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 1);
  EXPECT_NE(second.log_until("already holds").find("already holds"), std::string::npos);
}

TEST_F(DaemonStart, AModelsSmallerContextIsAWarningOnlyToWhoAskedForMore) {
  const auto log_of_a_load = [&](const std::vector<std::string>& environment) {
    LoggedServe serve(homes_, "0", environment);
    serve.log_until("models=");
    process::SpawnOptions run;
    run.program = hearth_path();
    run.arguments = {"run", model_path("tiny-llama-f16"), "hello", "--max-tokens", "1"};
    run.environment = {"HEARTH_HOME=" + homes_};
    process::Child child = process::Child::spawn(run).value();
    EXPECT_TRUE(child.wait(std::chrono::seconds(30))->is_success());
    return serve.log_until("sandbox of the runners");  // the last word about a load
  };
  constexpr std::string_view kWarning = "smaller context";
  EXPECT_EQ(log_of_a_load({}).find(kWarning), std::string::npos);
  EXPECT_NE(log_of_a_load({"HEARTH_MODEL_CONTEXT=4096"}).find(kWarning), std::string::npos);
}

// A private daemon that is ending: its socket is closed, and the lock is still held.
TEST_F(DaemonStart, ADaemonThatIsEndingIsWaitedFor) {
  fs::create_directories(homes_ + "/run");
  fs::permissions(homes_ + "/run", fs::perms::owner_all);
  std::ofstream(homes_ + "/run/private") << "";
  auto lock = base::FileLock::try_acquire(homes_ + "/run/hearth.lock");
  ASSERT_TRUE(lock.has_value());
  LoggedServe next(homes_, "0");
  EXPECT_FALSE(next.process().wait(std::chrono::milliseconds(500)).has_value());
  lock = fail(Code::kUnavailable, "the holder has ended");
  EXPECT_NE(next.log_until("listening").find("listening"), std::string::npos);
}

}  // namespace
}  // namespace hearth::testing
