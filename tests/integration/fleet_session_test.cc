// The fleet with real processes: the fake runner, which crashes, hangs and babbles on request.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <optional>

#include <gtest/gtest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/testing/temporary_folder.h"
#include "config/chat_template.h"
#include "fleet_fixture.h"
#include "gguf/gguf_bytes_for_test.h"
#include "places.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;

TEST_F(FleetTest, WhoWaitsForVectorsNoMoreIsForgottenAndTheRunnerHearsOfIt) {
  bool called = false;
  const auto note = [&](const Result<chat::Embeddings>&) { called = true; };
  const CallOff before = fleet_.embed(model(), {"", {"text"}}, note);
  before();  // while the model is being loaded
  const CallOff asked = fleet_.embed(model(), {"", {"wait"}}, note);  // it is never answered
  run_until([&] {
    const auto status = fleet_.status();
    return !status.empty() && status[0].requests_running == 1;
  });
  asked();
  asked();
  EXPECT_EQ(fleet_.status()[0].requests_running, 0U);
  run_until([&] { return stats().requests_cancelled == 1; });
  EXPECT_FALSE(called);
}

TEST_F(FleetTest, WhoWaitsForACountNoMoreIsNotAnswered) {
  bool called = false;
  const CallOff asked =
      fleet_.tokenize(model(), {.text = "a"}, [&](const Result<chat::Tokens>&) { called = true; });
  asked();  // while the model is being loaded
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(model(), {.text = "a"}, [&](Result<chat::Tokens> got) { tokens = got; });
  run_until([&] { return tokens.has_value(); });
  EXPECT_TRUE(tokens->has_value());
  EXPECT_FALSE(called);
}

TEST_F(FleetTest, AnswersAndKeepsTheRunner) {
  EXPECT_EQ(finish(*ask("say 3")).first, "word word word ");
  const int first = pid();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  EXPECT_EQ(pid(), first);
  EXPECT_EQ(fleet_.status()[0].state, fleet::RunnerStatus::State::kReady);
}

TEST_F(FleetTest, ACrashEndsRunningRequestsAndTheNextOneWorks) {
  auto bystander = ask("hang 2");
  next(*bystander);
  const auto [text, end] = finish(*ask("crash 5"));
  EXPECT_EQ(text, "word word word word word ");
  EXPECT_EQ(failure(end), Code::kEngineCrashed);
  EXPECT_EQ(failure(finish(*bystander).second), Code::kEngineCrashed);
  EXPECT_EQ(finish(*ask("say 2")).first, "word word ");
  EXPECT_EQ(fleet_.status()[0].restarts, 1U);
}

TEST_F(FleetTest, KillingTheRunnerFromOutsideEndsItsRequests) {
  auto stream = ask("hang 1");
  while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
    continue;
  ::kill(pid(), SIGKILL);
  EXPECT_EQ(failure(finish(*stream).second), Code::kEngineCrashed);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetTest, WhoHasHeardNothingYetIsAnsweredByTheNextRunnerOnce) {
  auto stream = ask("say 1", "load-slow");
  run_until([&] { return pid() != 0; });
  const int first = pid();
  ::kill(first, SIGKILL);
  run_until([&] { return pid() != 0 && pid() != first; });
  ::kill(pid(), SIGKILL);  // perhaps it is what the runner dies of
  EXPECT_EQ(failure(finish(*stream).second), Code::kEngineCrashed);
  EXPECT_EQ(starts(), 2U);

  stream = ask("hang 0");
  while (!std::holds_alternative<chat::Started>(next(*stream)))
    continue;
  ::kill(pid(), SIGKILL);
  run_until([&] { return starts() == 4 && fleet_.status()[0].requests_running == 1; });
}

TEST_F(FleetTest, ACountIsAskedForOnceMore) {
  std::optional<Result<chat::Tokens>> tokens;
  const CallOff asked = fleet_.tokenize(model(), {.text = "a b"},
                                        [&](Result<chat::Tokens> got) { tokens = std::move(got); });
  run_until([&] { return pid() != 0; });
  ::kill(pid(), SIGKILL);
  run_until([&] { return tokens.has_value(); });
  EXPECT_TRUE(tokens->has_value());
}

TEST_F(FleetTest, AnEndThatBeginsWaitsForAnswersButForNoLoad) {
  const base::testing::TemporaryFolder folder;
  const std::string other = folder.path() + "/other.gguf";
  fs::copy_file(model_path("tiny-llama-f16"), other);
  chat::Request request;
  request.messages = {{chat::Role::kUser, "say 1"}};
  auto answered = ask("hang 2");
  while (!std::holds_alternative<chat::TextDelta>(next(*answered)))
    continue;
  auto loading = fleet_.generate(model_at(other, "load-slow"), request);
  run_until([&] {
    const auto status = fleet_.status();
    return status.size() == 2 && status[0].pid != 0 && status[1].pid != 0;
  });
  fleet_.wind_down();
  EXPECT_EQ(failure(finish(*loading).second), Code::kUnavailable);
  run_until([&] { return fleet_.status().size() == 1; });
  EXPECT_EQ(failure(finish(*fleet_.generate(model_at(other), request)).second), Code::kUnavailable);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetTest, ARunnerThatBabblesIsEndedAndNotBelieved) {
  EXPECT_EQ(failure(finish(*ask("babble")).second), Code::kEngineCrashed);
  EXPECT_EQ(failure(finish(*ask("wrong")).second), Code::kEngineCrashed);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

// The reader takes nothing until the runner is gone, so what it sent had to be kept or refused.
TEST_F(FleetTest, ARunnerThatIgnoresItsCreditIsEnded) {
  for (const char* what : {"flood 1000", "bulk 100", "ponder 100"}) {
    auto stream = ask(what);
    run_until([&] { return pid() != 0; });
    run_until([&] { return pid() == 0; });
    const auto [text, end] = finish(*stream);
    EXPECT_EQ(failure(end), Code::kEngineCrashed) << what;
    EXPECT_LE(text.size(), fleet::kUnreadBytesMax) << what;
  }
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetTest, AnAnswerAsLongAsItsCreditIsWhole) {
  auto stream = ask("say 253");  // with Started, Usage and Finished: 256 events and none taken
  run_until([&] { return pid() != 0; });
  EXPECT_EQ(stats().running, 0U);
  EXPECT_EQ(finish(*stream).first.size(), 253U * 5);
}

TEST_F(FleetTest, ARunnerThatSpeaksOutOfOrderIsEnded) {
  for (const char* what : {"reload", "rehello", "progress"}) {
    EXPECT_EQ(failure(finish(*ask(what)).second), Code::kEngineCrashed) << what;
  }
  EXPECT_EQ(failure(finish(*ask("say 1", "load-early")).second), Code::kEngineCrashed);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetTest, ARunnerThatSpeaksOfALeaseThatItHasNotIsEnded) {
  for (const char* what : {"want", "return"}) {
    EXPECT_EQ(failure(finish(*ask(what)).second), Code::kEngineCrashed) << what;
  }
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetTest, ProgressOfALoadIsOneEventWithinItsRange) {
  auto stream = ask("say 1", "load-odd");
  run_until([&] {
    const auto status = fleet_.status();
    return !status.empty() && status[0].state == fleet::RunnerStatus::State::kReady;
  });
  const Event first = next(*stream);
  const auto* progress = std::get_if<chat::Progress>(&first);
  ASSERT_NE(progress, nullptr);
  EXPECT_EQ(progress->done, 50U);
  EXPECT_TRUE(std::holds_alternative<chat::Started>(next(*stream)));
  finish(*stream);
}

TEST_F(FleetTest, ARefusedLoadIsToldAsItIs) {
  const auto end = finish(*ask("say 1", "load-refuse")).second;
  EXPECT_EQ(failure(end), Code::kCorrupt);
  EXPECT_EQ(failure(finish(*ask("say 1", "load-crash")).second), Code::kEngineCrashed);
}

TEST_F(FleetTest, AFileThatIsNoModelNeverReachesARunner) {
  auto broken = model();
  broken.path = "/proc/self/cmdline";
  chat::Request request;
  auto stream = fleet_.generate(broken, request);
  finish(*stream);
  EXPECT_TRUE(fleet_.status().empty());
  EXPECT_EQ(starts(), 0U);
  finish(*ask("say 1"));
  EXPECT_EQ(starts(), 1U);
}

TEST_F(FleetTest, AModelWithoutVocabularyNeverReachesARunner) {
  const base::testing::TemporaryFolder folder;
  const std::string path =
      folder.write("none.gguf", gguf::small_llama().text("tokenizer.ggml.model", "none").build());
  auto stream = fleet_.generate(store::ModelFile{"none", path, 1, 1}, {});
  EXPECT_EQ(failure(finish(*stream).second), Code::kInvalidArgument);
  EXPECT_EQ(starts(), 0U);
}

// Files are opened by a thread that the fleet starts: it has the rights its maker had then.
TEST_F(FleetTest, AnUnreadableFileIsPermissionDenied) {
  constexpr uid_t kNobody = 65534;
  const base::testing::TemporaryFolder folder;
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  const std::string path = folder.file("unreadable.gguf");
  std::filesystem::copy_file(model_path("tiny-llama-f16"), path);
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  const bool root = ::geteuid() == 0;
  if (root) ::setfsuid(kNobody);
  fleet::Fleet other(loop_, registry_, options(HEARTH_BIN_FOLDER "/fake-runner"));
  if (root) ::setfsuid(0);
  auto stream = other.generate(store::ModelFile{"secret", path, 1, 1}, {});
  EXPECT_EQ(failure(finish(*stream).second), Code::kPermissionDenied);
  EXPECT_EQ(starts(), 0U);
}

TEST_F(FleetTest, ADeadlineCountsFromArrivalAndEndsTheWork) {
  chat::Request request;
  request.messages = {{chat::Role::kUser, "hang 1"}};
  request.deadline_ms = 200;
  EXPECT_EQ(failure(finish(*fleet_.generate(model(), request)).second), Code::kDeadlineExceeded);
  EXPECT_EQ(stats().requests_cancelled, 1U);
  // Also while a runner that will never be ready loads.
  EXPECT_EQ(failure(finish(*fleet_.generate(model("load-slow"), request)).second),
            Code::kDeadlineExceeded);
}

TEST_F(FleetTest, ARequestWhoseRunnerEndsBeforeItGetsThereWaitsForTheNext) {
  finish(*ask("say 1"));
  auto stream = ask("say 1");  // is on its way through the loop
  fleet_.unload("tiny", [](Result<void>) {});
  EXPECT_EQ(finish(*stream).first, "word ");
  EXPECT_EQ(starts(), 2U);
}

TEST_F(FleetTest, AModelKeepsTheNameItWasLoadedUnder) {
  finish(*ask("say 1", "tiny"));
  finish(*ask("say 1", "another name of the same file"));
  EXPECT_EQ(starts(), 1U);
  EXPECT_EQ(fleet_.status()[0].model, "tiny");
  std::optional<Result<void>> unloaded;
  fleet_.unload("tiny", [&](Result<void> done) { unloaded = done; });
  run_until([&] { return unloaded.has_value(); });
  EXPECT_TRUE(unloaded->has_value());
}

TEST_F(FleetTest, ARefusalNeverComesFromInsideTheCall) {
  finish(*ask("say 1"));
  fleet_.unload("tiny", [](Result<void>) {});
  std::optional<Result<fleet::RunnerCounts>> counts;
  fleet_.query_counts("tiny", [&](Result<fleet::RunnerCounts> got) { counts = got; });
  EXPECT_FALSE(counts.has_value());
  run_until([&] { return counts.has_value(); });
  EXPECT_EQ(counts->error().code, Code::kUnavailable);
}

TEST_F(FleetTest, DroppingAStreamCancelsItsWork) {
  auto stream = ask("endless");
  while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
    continue;
  EXPECT_EQ(stats().running, 1U);
  stream.reset();
  EXPECT_EQ(stats().running, 0U);
  EXPECT_EQ(stats().requests_cancelled, 1U);
}

std::uint32_t tokens_of(const Event& event) {
  const auto* const text = std::get_if<chat::TextDelta>(&event);
  return text != nullptr ? text->tokens : 0;
}

TEST_F(FleetTest, AReaderThatTakesNothingIsNotSentMoreThanItsCredit) {
  auto stream = ask("endless");
  next(*stream);
  EXPECT_EQ(stats().completion_tokens, wire::kCreditStart);
  std::uint32_t taken = 0;
  for (int i = 0; i < 1000; ++i)
    taken += tokens_of(next(*stream));
  EXPECT_LE(stats().completion_tokens, wire::kCreditStart + taken);
  EXPECT_GE(taken, 1000U);
}

TEST_F(FleetTest, TextThatWaitsForItsReaderIsOneEventAndWhole) {
  auto stream = ask("say 253");
  run_until([&] { return pid() != 0; });
  EXPECT_EQ(stats().running, 0U);
  int events = 0;
  std::uint32_t tokens = 0;
  std::size_t bytes = 0;
  Event event = next(*stream);
  for (; !chat::ends_stream(event); event = next(*stream)) {
    ++events;
    const auto* const text = std::get_if<chat::TextDelta>(&event);
    tokens += tokens_of(event);
    bytes += text != nullptr ? text->text.size() : 0;
  }
  EXPECT_TRUE(std::holds_alternative<chat::Finished>(event));
  EXPECT_EQ(tokens, 253U);
  EXPECT_EQ(bytes, 253U * 5);
  EXPECT_LT(events, 30) << "of 255 that came";
}

TEST_F(FleetTest, ManyRequestsAtOnceShareOneRunner) {
  std::vector<std::unique_ptr<chat::EventStream>> streams;
  for (int i = 0; i < 200; ++i)
    streams.push_back(ask("say 2"));
  for (auto& stream : streams)
    EXPECT_EQ(finish(*stream).first, "word word ");
  EXPECT_EQ(fleet_.status().size(), 1U);
  EXPECT_EQ(fleet_.status()[0].restarts, 0U);
}

TEST_F(FleetTest, UnloadingEndsTheRunnerAndTheNextRequestStartsAnother) {
  finish(*ask("say 1"));
  const int first = pid();
  std::optional<Result<void>> unloaded;
  fleet_.unload("tiny", [&](Result<void> done) { unloaded = done; });
  run_until([&] { return unloaded.has_value(); });
  EXPECT_TRUE(unloaded->has_value());
  EXPECT_EQ(::kill(first, 0), -1);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  EXPECT_NE(pid(), first);
}

TEST_F(FleetTest, ARequestDuringUnloadingWaitsForTheNextRunner) {
  finish(*ask("say 1"));
  bool unloaded = false;
  fleet_.unload("tiny", [&](Result<void>) { unloaded = true; });
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  EXPECT_TRUE(unloaded);
}

TEST_F(FleetTest, AModelFileThatWasReplacedIsLoadedAgain) {
  const base::testing::TemporaryFolder folder;
  const std::string copy = folder.file("model.gguf");
  const std::string other = folder.file("other.gguf");
  for (const std::string& path : {copy, other})
    fs::copy_file(model_path("tiny-llama-f16"), path);
  chat::Request endless;
  endless.messages = {{chat::Role::kUser, "endless"}};
  auto running = fleet_.generate(model_at(copy), endless);
  next(*running);
  const int old = pid();
  fs::rename(other, copy);
  const store::ModelFile replaced = model_at(copy);
  chat::Request request;
  request.messages = {{chat::Role::kUser, "say 1"}};
  auto waiting = fleet_.generate(replaced, request);
  for (int i = 0; i < 100; ++i)
    ASSERT_FALSE(chat::ends_stream(next(*running))) << "the old runner finishes what it has";
  EXPECT_EQ(pid(), old);
  running.reset();
  EXPECT_EQ(finish(*waiting).first, "word ");
  EXPECT_NE(pid(), old);
  EXPECT_EQ(starts(), 2U);
  EXPECT_EQ(registry_.counter({"hearth_runner_crashes_total", ""}).value(), 0U);
  EXPECT_EQ(finish(*fleet_.generate(replaced, request)).first, "word ");
  EXPECT_EQ(starts(), 2U);
}

TEST_F(FleetTest, UnloadingWhatIsNotLoadedSaysSo) {
  std::optional<Result<void>> unloaded;
  fleet_.unload("nothing", [&](Result<void> done) { unloaded = done; });
  run_until([&] { return unloaded.has_value(); });
  EXPECT_EQ(unloaded->error().code, Code::kNotFound);
}

TEST_F(FleetTest, AMissingExecutableIsAnErrorOfTheRequest) {
  fleet::Fleet broken(loop_, registry_, options("/nonexistent/hearth-runner"));
  chat::Request request;
  auto stream = broken.generate(model(), request);
  EXPECT_EQ(failure(finish(*stream).second), Code::kNotFound);
}

TEST_F(FleetTest, TokenizingAndStatsGoTheSameWay) {
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(model(), {.text = "four"}, [&](Result<chat::Tokens> got) { tokens = got; });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ((*tokens)->count, 4U);
  chat::Request conversation;
  conversation.messages = {{chat::Role::kUser, "hello"}, {chat::Role::kAssistant, "hi"}};
  tokens.reset();
  fleet_.tokenize(model(), {.conversation = conversation},
                  [&](Result<chat::Tokens> got) { tokens = got; });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ((*tokens)->count, 2U);
}

// A template goes out with the load, and the daemon waits for nobody.
TEST_F(FleetTest, TheLargestTemplateIsSentToARunnerThatNeverReads) {
  base::testing::TemporaryFolder folder;
  const std::string deaf = folder.path() + "/deaf-runner";
  std::ofstream(deaf) << "#!/bin/sh\nexec sleep 600\n";
  fs::permissions(deaf, fs::perms::owner_all);
  fleet::Fleet::Options large = options(deaf);
  large.load.chat_template.assign(config::kChatTemplateBytesMax, 'x');
  fleet::Fleet fleet(loop_, registry_, large);
  auto stream = fleet.generate(model(), {});
  run_until([&] { return !fleet.status().empty() && fleet.status()[0].pid != 0; });
  bool down = false;
  fleet.shut_down([&] { down = true; });
  run_until([&] { return down; });
  EXPECT_EQ(failure(finish(*stream).second), Code::kUnavailable);
}

// What a fleet with these options knows of the model before it has loaded anything.
class FleetCapabilities : public FleetTest {
 protected:
  fleet::Fleet::Options keeping(const std::string& chat_template = "") const {
    fleet::Fleet::Options kept = options(HEARTH_BIN_FOLDER "/fake-runner");
    kept.cache_folder = folder_.path() + "/runners";
    kept.load.chat_template = chat_template;
    return kept;
  }
  std::optional<chat::Capabilities> known(const std::string& chat_template = "") {
    return fleet::Fleet(loop_, registry_, keeping(chat_template)).capabilities(model());
  }
  void load_once() {
    fleet::Fleet fleet(loop_, registry_, keeping());
    std::optional<Result<chat::Tokens>> tokens;
    fleet.tokenize(model(), {.text = "a"}, [&](Result<chat::Tokens> got) { tokens = got; });
    run_until([&] { return tokens.has_value(); });
    EXPECT_EQ(fleet.capabilities(model()), kFake);
    bool down = false;
    fleet.shut_down([&] { down = true; });
    run_until([&] { return down; });
  }

  static constexpr chat::Capabilities kFake{.system = true, .tools = true};
  base::testing::TemporaryFolder folder_;
};

TEST_F(FleetCapabilities, AreKnownFromTheFirstLoadOnAlsoAfterARestart) {
  EXPECT_EQ(known(), std::nullopt);
  load_once();
  EXPECT_EQ(known(), kFake);
  EXPECT_EQ(known("another template"), std::nullopt);
  EXPECT_EQ(starts(), 1U);
}

TEST_F(FleetCapabilities, ThatAreDamagedAreLearnedAgain) {
  load_once();
  std::ofstream(folder_.path() + "/runners/capabilities") << "hearth capabilities 1\n\xFF\xFF";
  EXPECT_EQ(known(), std::nullopt);
  load_once();
  EXPECT_EQ(known(), kFake);
}

}  // namespace
}  // namespace hearth::testing
