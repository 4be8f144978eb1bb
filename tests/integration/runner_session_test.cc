// How the real hearth-runner begins and ends, and what it does to those who break the protocol.
#include <csignal>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "runner_fixture.h"

namespace hearth::testing {
namespace {

class RunnerSession : public RunnerTest {};

TEST_F(RunnerSession, GreetsWithItsVersionsAndItsSandbox) {
  const wire::HelloReply reply = runner_.greet();
  EXPECT_EQ(reply.protocol, wire::kProtocolVersion);
  EXPECT_FALSE(reply.llama_version.empty());
  EXPECT_NE(reply.sandbox.find("landlock"), std::string::npos) << reply.sandbox;
}

TEST_F(RunnerSession, RefusesADaemonOfAnotherProtocol) {
  runner_.send(0, wire::Hello{wire::kProtocolVersion + 1, "other"});
  EXPECT_TRUE(runner_.expect<wire::HelloReply>(0).has_value());
  EXPECT_TRUE(runner_.expect<wire::Refused>(0).has_value());
  EXPECT_FALSE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

TEST_F(RunnerSession, EndsWhenTold) {
  load("tiny-llama-f16");
  runner_.send(0, wire::Shutdown{});
  EXPECT_TRUE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

TEST_F(RunnerSession, ComputesWithAsManyThreadsAsItIsToldInTheMiddleOfWork) {
  const auto loaded = runner_.load(model_path("tiny-llama-f16"), {.threads = 2});
  ASSERT_TRUE(loaded.has_value()) << loaded.error().to_string();
  // No more than there are processors for it.
  const std::uint32_t all = runner_.stats().threads;
  ASSERT_TRUE(all == 1 || all == 2) << all;
  const Answer before = ask(make_request("once upon a time", 40));
  runner_.generate(100, make_request("once upon a time", 40));
  ASSERT_TRUE(runner_.expect<wire::Said>(100).has_value());
  runner_.send(0, wire::Threads{1});
  EXPECT_EQ(runner_.finish(100).text, before.text);
  EXPECT_EQ(runner_.stats().threads, 1U);
  runner_.send(0, wire::Threads{7});
  EXPECT_EQ(runner_.stats().threads, all) << "no more than it was loaded with";
}

TEST_F(RunnerSession, EndsWhenToldInTheMiddleOfWork) {
  load("small-qwen2-f16");
  runner_.generate(1, make_request("on and on", 2000));
  ASSERT_TRUE(runner_.expect<wire::Said>(1).has_value());
  runner_.send(0, wire::Shutdown{});
  EXPECT_TRUE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

TEST_F(RunnerSession, EverythingUnderWayEndsOnceWhenItIsToldToEnd) {
  load("small-qwen2-f16", {.sequences_max = 2});
  runner_.generate(1, make_request("on and on", 2000));
  ASSERT_TRUE(runner_.expect<wire::Said>(1).has_value());
  // All in one read: the engine learns of the end before it has taken any of these.
  const std::vector<std::string> texts(2000, "a text to embed");
  runner_.send_together({{2, wire::Embed{{"", texts}}},
                         {3, wire::Generate{make_request("never begun", 2000)}},
                         {4, wire::Generate{make_request("nor this", 2000)}},
                         {0, wire::Shutdown{}}});
  for (const std::uint32_t request : {1U, 3U, 4U}) {
    const Answer answer = runner_.finish(request);
    ASSERT_TRUE(answer.failed.has_value()) << request;
    EXPECT_EQ(answer.failed->code, Code::kUnavailable) << request;
    EXPECT_FALSE(runner_.receive(request).has_value()) << request;
  }
  const auto refused = runner_.expect<wire::Refused>(2);
  ASSERT_TRUE(refused.has_value());
  EXPECT_EQ(refused->error.code, Code::kUnavailable);
}

TEST_F(RunnerSession, ASecondHelloEndsIt) {
  runner_.greet();
  runner_.send(0, wire::Hello{wire::kProtocolVersion, "test"});
  EXPECT_TRUE(runner_.expect<wire::Refused>(0).has_value());
  EXPECT_FALSE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

TEST_F(RunnerSession, ALoadBeforeTheHelloEndsIt) {
  const auto file = base::open_for_reading(model_path("tiny-llama-f16"));
  ASSERT_TRUE(file.has_value());
  runner_.send(0, wire::Load{}, {file->get()});
  EXPECT_TRUE(runner_.expect<wire::Refused>(0).has_value());
  EXPECT_FALSE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

TEST_F(RunnerSession, ALoadWithTwoFilesEndsIt) {
  const auto file = base::open_for_reading(model_path("tiny-llama-f16"));
  ASSERT_TRUE(file.has_value());
  runner_.greet();
  runner_.send(0, wire::Load{}, {file->get(), file->get()});
  EXPECT_TRUE(runner_.expect<wire::Refused>(0).has_value());
  EXPECT_FALSE(runner_.process().wait(std::chrono::seconds(10))->is_success());
}

TEST_F(RunnerSession, NoiseOnTheWireEndsItCleanly) {
  runner_.send_raw("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  const auto status = runner_.process().wait(std::chrono::seconds(10));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->signal, 0);
  EXPECT_NE(status->code, 0);
}

TEST_F(RunnerSession, AModelFileMayBeDeletedOnceItIsOpen) {
  const std::string copy = folder_.file("gone.gguf");
  std::ofstream(copy, std::ios::binary)
      << std::ifstream(model_path("tiny-llama-f16"), std::ios::binary).rdbuf();
  runner_.greet();
  const auto file = base::open_for_reading(copy);
  ASSERT_TRUE(file.has_value());
  ::unlink(copy.c_str());
  runner_.send(0, wire::Load{}, {file->get()});
  while (auto message = runner_.receive(0)) {
    if (std::holds_alternative<wire::LoadProgress>(*message)) continue;
    EXPECT_TRUE(std::holds_alternative<wire::Loaded>(*message));
    break;
  }
  EXPECT_EQ(ask(make_request("hello", 5)).finished, Reason::kLength);
}

}  // namespace
}  // namespace hearth::testing
