// Models that share memory: real processes, of the fake runner.
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "fleet_fixture.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using State = fleet::RunnerStatus::State;

// Two models, of which one fits at a time.
class FleetRoomTest : public FleetTest {
 protected:
  static fleet::Fleet::Options room_for_one() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.models_max = 1;
    return options;
  }
  explicit FleetRoomTest(fleet::Fleet::Options options = room_for_one())
      : FleetTest(std::move(options)) {
    fs::copy_file(model_path("tiny-llama-f16"), folder_.path() + "/other.gguf");
  }
  store::ModelFile other() const { return model_at(folder_.path() + "/other.gguf", "other"); }
  std::unique_ptr<chat::EventStream> ask_other(const std::string& what) {
    chat::Request request;
    request.messages = {{chat::Role::kUser, what}};
    return fleet_.generate(other(), request);
  }
  // It answers something, and goes on with that.
  std::unique_ptr<chat::EventStream> begin_endless_answer() {
    auto stream = ask("hang 1");
    while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
      continue;
    return stream;
  }
  std::string loaded() {
    std::string names;
    for (const fleet::RunnerStatus& status : fleet_.status())
      names += (names.empty() ? "" : " ") + status.model;
    return names;
  }

  base::testing::TemporaryFolder folder_;
};

TEST_F(FleetRoomTest, AModelThatRestsLeavesForTheOneThatIsAsked) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(finish(*ask("say 1")).first, "word ");
    EXPECT_EQ(loaded(), "tiny");
    EXPECT_EQ(finish(*ask_other("say 2")).first, "word word ");
    EXPECT_EQ(loaded(), "other");
  }
  EXPECT_EQ(starts(), 6U);
}

TEST_F(FleetRoomTest, WhatModelsMayHoldIsKnownBeforeOneIsLoaded) {
  EXPECT_GT(fleet_.memory().budget_bytes, 0U);
  EXPECT_EQ(starts(), 0U);
}

TEST_F(FleetRoomTest, OneThatAnswersIsWaitedFor) {
  auto endless = begin_endless_answer();
  auto waiting = ask_other("say 1");
  run_until([&] { return status_of("other").state == State::kWaiting; });
  EXPECT_GT(status_of("other").reserved_bytes, 0U) << "what it needs";
  EXPECT_EQ(starts(), 1U);
  endless.reset();
  EXPECT_EQ(finish(*waiting).first, "word ");
  EXPECT_EQ(loaded(), "other");
}

TEST_F(FleetRoomTest, WhoHasWaitedItsTurnIsNotPassedByNewRequests) {
  auto endless = begin_endless_answer();
  auto waiting = ask_other("say 1");
  run_until([&] { return !fleet_.takes_requests(model()); });  // after its turn
  auto late = ask("say 3");
  endless.reset();
  EXPECT_EQ(finish(*waiting).first, "word ");
  EXPECT_EQ(finish(*late).first, "word word word ");
}

TEST_F(FleetRoomTest, APinnedModelStaysAndWhoCannotHaveItsRoomIsToldSo) {
  fleet_.pin(model(), fleet::Pin::kOn);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  const auto [text, end] = finish(*ask_other("say 1"));
  EXPECT_EQ(failure(end), Code::kOutOfMemory);
  EXPECT_THAT(std::get<chat::Failed>(end).error.message, ::testing::HasSubstr("hearth unpin"));
  EXPECT_TRUE(fleet_.status()[0].pinned);
  fleet_.pin(model(), fleet::Pin::kOff);
  EXPECT_EQ(finish(*ask_other("say 1")).first, "word ");
}

TEST_F(FleetRoomTest, WhoIsLoadedBeforehandAnswersWithoutALoad) {
  std::optional<Result<void>> done;
  fleet_.load(model(), [&](Result<void> loaded) { done = std::move(loaded); });
  run_until([&] { return done.has_value(); });
  EXPECT_TRUE(done->has_value());
  EXPECT_EQ(fleet_.status()[0].state, State::kReady);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  EXPECT_EQ(starts(), 1U);
}

TEST_F(FleetRoomTest, AModelThatIsKeptForNoTimeLeavesAfterItsAnswer) {
  auto stream = ask("say 1");
  run_until([&] { return starts() == 1; });
  fleet_.keep(model(), std::chrono::seconds(0));
  EXPECT_EQ(finish(*stream).first, "word ");
  run_until([&] { return fleet_.status().empty(); });
}

TEST_F(FleetRoomTest, ARequestSaysHowLongItsModelStaysAndTheLatestWordWins) {
  const auto ask_and_keep = [this](std::optional<base::Duration> time) {
    chat::Request request;
    request.messages = {{chat::Role::kUser, "say 1"}};
    request.keep_alive = time;
    EXPECT_EQ(finish(*fleet_.generate(model(), request)).first, "word ");
  };
  ask_and_keep(base::Duration(-1));
  ask_and_keep(std::nullopt);
  EXPECT_EQ(starts(), 1U);
  ask_and_keep(base::Duration::zero());
  run_until([&] { return fleet_.status().empty(); });
}

TEST_F(FleetRoomTest, AnEmbeddingAndALoadSayItToo) {
  std::optional<Result<void>> loaded;
  fleet_.load(
      model(), [&](Result<void> done) { loaded = std::move(done); }, std::chrono::milliseconds(1));
  run_until([&] { return loaded.has_value() && fleet_.status().empty(); });
  EXPECT_TRUE(loaded->has_value());
  std::optional<Result<chat::Embeddings>> embedded;
  fleet_.embed(model(), {.model = "tiny", .texts = {"a"}, .keep_alive = base::Duration::zero()},
               [&](Result<chat::Embeddings> done) { embedded = std::move(done); });
  run_until([&] { return embedded.has_value() && fleet_.status().empty(); });
  EXPECT_TRUE(embedded->has_value());
}

TEST_F(FleetRoomTest, TheEndMeetsWhoWaitsForRoom) {
  auto endless = begin_endless_answer();
  auto waiting = ask_other("say 1");
  run_until([&] { return fleet_.status().size() == 2; });
  fleet_.wind_down();
  EXPECT_EQ(failure(finish(*waiting).second), Code::kUnavailable);
}

class FleetWatchTest : public FleetTest {
 protected:
  static fleet::Fleet::Options impatient() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.hang = std::chrono::milliseconds(600);
    return options;
  }
  FleetWatchTest() : FleetTest(impatient()) {}
};

TEST_F(FleetWatchTest, ARunnerThatDoesNotGetOnIsEndedAndTheNextOneWorks) {
  EXPECT_EQ(failure(finish(*ask("hang 1")).second), Code::kEngineCrashed);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetWatchTest, AStoppedProcessIsEnded) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  const int first = pid();
  ::kill(first, SIGSTOP);
  EXPECT_EQ(finish(*ask("say 2")).first, "word word ") << "by another one";
  EXPECT_NE(pid(), first);
}

TEST_F(FleetWatchTest, WhoRestsIsLeftAlone) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  const int first = pid();
  asio::steady_timer later(loop_, std::chrono::milliseconds(1500));
  bool is_later = false;
  later.async_wait([&](auto) { is_later = true; });
  run_until([&] { return is_later; });
  EXPECT_EQ(pid(), first);
}

TEST_F(FleetWatchTest, WhoIsOnlyAskedWhatItCountedAndDoesNotAnswerIsEnded) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  ASSERT_EQ(::kill(pid(), SIGSTOP), 0);
  std::optional<bool> answered;
  fleet_.query_counts("tiny",
                      [&](const Result<fleet::RunnerCounts>& got) { answered = got.has_value(); });
  run_until([&] { return answered.has_value(); });
  EXPECT_EQ(answered, false);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

// A machine whose memory turns out to be short.
class FleetStrainTest : public FleetTest {
 protected:
  using Folder = base::testing::TemporaryFolder;
  explicit FleetStrainTest(std::shared_ptr<Folder> root = std::make_shared<Folder>())
      : FleetTest(strained(root->path())), root_(std::move(root)) {
    fs::create_directories(root_->path() + "/proc/pressure");
  }
  static fleet::Fleet::Options strained(const std::string& root) {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.hang = std::chrono::milliseconds(600);
    options.system_root = root;
    return options;
  }
  void stall(const std::string& percent) {
    std::ofstream(root_->file("proc/pressure/memory")) << "some avg10=" << percent << " avg60=0.00";
  }
  std::shared_ptr<Folder> root_;
};

TEST_F(FleetStrainTest, WhoRestsLeavesWhileOthersWaitForMemory) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  stall("9.00");
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  EXPECT_EQ(starts(), 1U);
  stall("80.00");
  run_until([&] { return fleet_.status().empty(); });
  EXPECT_EQ(finish(*ask("say 2")).first, "word word ") << "one at a time goes on";
}

class FleetMemoryTest : public FleetRoomTest {
 protected:
  static fleet::Fleet::Options little_memory() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.memory_bytes = 1000;
    return options;
  }
  FleetMemoryTest() : FleetRoomTest(little_memory()) {}
};

TEST_F(FleetMemoryTest, WhatCanNeverFitIsRefusedBeforeAnyProcess) {
  const auto [text, end] = finish(*ask("say 1"));
  EXPECT_EQ(failure(end), Code::kOutOfMemory);
  EXPECT_THAT(std::get<chat::Failed>(end).error.message,
              ::testing::HasSubstr("all models together may hold 1000 B"));
  EXPECT_EQ(starts(), 0U);
}

}  // namespace
}  // namespace hearth::testing
