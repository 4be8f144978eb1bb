// How a fleet behaves to many clients, with little memory and on a hot machine: real processes, of
// the fake runner.
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/replacement.h"
#include "base/testing/temporary_folder.h"
#include "fleet_fixture.h"
#include "process/page_cache.h"

namespace hearth::testing {
namespace {

// As far as the system lets go of it: what is in memory only, or somebody has mapped, stays.
void forget_cached(const std::string& path) {
  const auto file = base::open_for_reading(path);
  ASSERT_TRUE(file.has_value());
  ::fsync(file->get());
  ::posix_fadvise(file->get(), 0, 0, POSIX_FADV_DONTNEED);
}

class FleetTruthTest : public FleetTest {};

TEST_F(FleetTruthTest, WhatIsCountedAndWhatIsHeldAreToldByKind) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  const fleet::RunnerStatus status = fleet_.status()[0];
  EXPECT_GT(status.planned.weight_bytes, 0U);
  EXPECT_GT(status.planned.kv_bytes, 0U);
  EXPECT_GT(status.planned.compute_bytes, 0U);
  EXPECT_EQ(status.planned.total_bytes(), status.reserved_bytes) << "nothing was seen before";
  EXPECT_GT(status.anonymous_bytes, 0U);
  EXPECT_LT(status.anonymous_bytes, status.resident_bytes) << "its own program is a file";
}

class FleetQueueTest : public FleetTest {
 protected:
  static constexpr std::uint64_t kBytes = 10'000;
  static fleet::Fleet::Options few_seats() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.waiting = {.requests = 2, .bytes = kBytes};
    return options;
  }
  FleetQueueTest() : FleetTest(few_seats()) {}
};

TEST_F(FleetQueueTest, MoreRequestsThanMayWaitAreToldToTryAgain) {
  auto first = ask("hang 0");
  auto second = ask("hang 0");
  EXPECT_EQ(failure(finish(*ask("say 1")).second), Code::kResourceExhausted);
  EXPECT_EQ(fleet_.waiting().requests, 2U);
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(model(), {.text = "abc"},
                  [&](Result<chat::Tokens> got) { tokens = std::move(got); });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ(tokens->error().code, Code::kResourceExhausted);
  first.reset();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetQueueTest, WhoHasHeardAWordWaitsNoMore) {
  auto first = ask("hang 1");
  auto second = ask("hang 1");
  EXPECT_EQ(fleet_.waiting().requests, 2U);
  for (chat::EventStream* stream : {first.get(), second.get()}) {
    while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
      continue;
  }
  EXPECT_EQ(fleet_.waiting().requests, 0U);
  EXPECT_EQ(fleet_.waiting().bytes, 0U);
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

TEST_F(FleetQueueTest, MoreTextThanMayWaitIsToldToTryAgain) {
  auto first = ask("hang 0 " + std::string(kBytes * 2, 'x'));  // alone it may
  EXPECT_GT(fleet_.waiting().bytes, kBytes);
  EXPECT_EQ(failure(finish(*ask("say 1")).second), Code::kResourceExhausted);
  first.reset();
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
}

class FleetLadderTest : public FleetTest {
 protected:
  static fleet::Fleet::Options large_pool() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.load.context = 8192;  // all that the model was trained for
    options.load.kv_tokens = 16384;
    return options;
  }
  explicit FleetLadderTest(fleet::Fleet::Options options = large_pool())
      : FleetTest(std::move(options)) {}
  static store::ModelFile called(const std::string& name) {
    return model_at(model_path("small-qwen2-f16"), name);
  }
  std::pair<std::string, Event> answer_of(const std::string& name) {
    chat::Request request;
    request.messages = {{chat::Role::kUser, "say 1"}};
    return finish(*fleet_.generate(called(name), request));
  }
};

TEST_F(FleetLadderTest, WhatThereIsNoMemoryForIsLoadedWithLess) {
  EXPECT_EQ(answer_of("load-above-4096").first, "word ");
  EXPECT_EQ(starts(), 4U) << "16384, 8192, that with two answers at a time, 4096";
  const fleet::RunnerStatus status = fleet_.status()[0];
  EXPECT_EQ(status.context, 4096U);
  EXPECT_THAT(status.lowered, ::testing::StartsWith("a context of 4096 tokens in place of 8192"));
  EXPECT_EQ(answer_of("load-above-4096").first, "word ");
  EXPECT_EQ(starts(), 4U);
}

TEST_F(FleetLadderTest, WhoOnlyCountsTokensWaitsForItToo) {
  std::optional<Result<chat::Tokens>> tokens;
  fleet_.tokenize(called("load-above-4096"), {.text = "abc"},
                  [&](Result<chat::Tokens> got) { tokens = std::move(got); });
  run_until([&] { return tokens.has_value(); });
  EXPECT_EQ(tokens->value().count, 3U);
}

TEST_F(FleetLadderTest, TheLastRungIsTheEnd) {
  EXPECT_EQ(failure(answer_of("load-above-100").second), Code::kOutOfMemory);
  EXPECT_EQ(starts(), 6U);
  EXPECT_TRUE(fleet_.status().empty());
  EXPECT_EQ(failure(answer_of("load-above-100").second), Code::kOutOfMemory);
  EXPECT_EQ(starts(), 12U) << "from the top: there may be more memory now";
}

TEST_F(FleetLadderTest, WhatDoesNotLoadAgainAndAgainIsLeftAlone) {
  for (std::size_t i = 0; i <= fleet::Recovery::kFreeFailures; ++i)
    EXPECT_EQ(failure(answer_of("load-refuse").second), Code::kCorrupt);
  EXPECT_EQ(failure(answer_of("load-refuse").second), Code::kUnavailable);
  EXPECT_EQ(starts(), fleet::Recovery::kFreeFailures + 1);
  const auto load = [&](fleet::Pause pause) {
    std::optional<Result<void>> loaded;
    fleet_.load(
        called("load-refuse"), [&](Result<void> done) { loaded = std::move(done); }, std::nullopt,
        pause);
    run_until([&] { return loaded.has_value(); });
    return loaded->error().code;
  };
  EXPECT_EQ(load(fleet::Pause::kKept), Code::kUnavailable);
  EXPECT_EQ(load(fleet::Pause::kLifted), Code::kCorrupt) << "somebody wants it tried again";
}

class FleetAskedContextTest : public FleetLadderTest {
 protected:
  static fleet::Fleet::Options asked() {
    auto options = large_pool();
    options.context_wished = options.load.context;
    return options;
  }
  FleetAskedContextTest() : FleetLadderTest(asked()) {}
};

TEST_F(FleetAskedContextTest, NoContextIsSmallerThanSomebodyAskedFor) {
  EXPECT_EQ(failure(answer_of("load-above-4096").second), Code::kOutOfMemory);
  EXPECT_EQ(starts(), 4U) << "16384, 8192, that with two answers at a time, with one";
}

// Two models, of which one fits at a time.
class FleetExpectedTest : public FleetTest {
 protected:
  static fleet::Fleet::Options room_for_one() {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.models_max = 1;
    return options;
  }
  FleetExpectedTest() : FleetTest(room_for_one()) {
    std::filesystem::copy_file(model_path("tiny-llama-f16"), path_);
  }
  store::ModelFile other() const { return model_at(path_, "other"); }
  store::ModelFile third() const {
    const std::string path = folder_.path() + "/third.gguf";
    std::filesystem::copy_file(path_, path);
    return model_at(path, "third");
  }
  std::unique_ptr<chat::EventStream> begin_answer() {
    auto stream = ask("hang 1");
    while (!std::holds_alternative<chat::TextDelta>(next(*stream)))
      continue;
    return stream;
  }
  bool is_read() { return !fleet_.expected().empty() && fleet_.expected()[0].read_bytes > 0; }

  base::testing::TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/other.gguf";
};

TEST_F(FleetExpectedTest, WhatComesNextIsReadWhileTheOtherComputesAndLoadedWhenThereIsRoom) {
  auto computing = begin_answer();
  forget_cached(path_);
  fleet_.expect({other()});
  run_until([&] { return is_read(); });
  EXPECT_EQ(process::cached_bytes(path_), std::filesystem::file_size(path_));
  EXPECT_EQ(fleet_.expected()[0].read_bytes, fleet_.expected()[0].size_bytes);
  EXPECT_EQ(starts(), 1U) << "there is no room";
  computing.reset();
  fleet_.unload("tiny", [](const Result<void>&) {});
  run_until([&] {
    const auto status = fleet_.status();
    return status.size() == 1 && status[0].model == "other" &&
           status[0].state == fleet::RunnerStatus::State::kReady;
  });
  EXPECT_TRUE(fleet_.expected().empty());
  chat::Request request;
  request.messages = {{chat::Role::kUser, "say 1"}};
  EXPECT_EQ(finish(*fleet_.generate(other(), request)).first, "word ");
  EXPECT_EQ(starts(), 2U);
}

TEST_F(FleetExpectedTest, NobodyLeavesForWhatComesNext) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  fleet_.expect({other()});
  run_until([&] { return is_read(); });
  EXPECT_EQ(finish(*ask("say 2")).first, "word word ");
  EXPECT_EQ(starts(), 1U);
}

TEST_F(FleetExpectedTest, WhoIsAskedForIsExpectedNoMore) {
  auto computing = begin_answer();
  fleet_.expect({other(), third()});
  computing.reset();
  chat::Request request;
  request.messages = {{chat::Role::kUser, "say 1"}};
  EXPECT_EQ(finish(*fleet_.generate(other(), request)).first, "word ");
  ASSERT_EQ(fleet_.expected().size(), 1U);
  EXPECT_EQ(fleet_.expected()[0].model, "third");
  fleet_.expect({});
  EXPECT_TRUE(fleet_.expected().empty());
}

// A machine with a sensor, in a made-up /sys.
class FleetHeatTest : public FleetTest {
 protected:
  static fleet::Fleet::Options with_sensor(const std::string& root) {
    auto options = FleetTest::options(HEARTH_BIN_FOLDER "/fake-runner");
    options.system_root = root;
    options.load.threads = 8;
    options.hang = std::chrono::milliseconds(600);  // it is looked at six times within that
    return options;
  }
  explicit FleetHeatTest(const std::string& root = ::testing::TempDir() + "/heat-" +
                                                   std::to_string(::getpid()))
      : FleetTest(with_sensor(root)), zone_(root + "/sys/class/thermal/thermal_zone0") {
    std::filesystem::create_directories(zone_);
    write("trip_point_0_type", "passive");
    write("trip_point_0_temp", "90000");
    write("trip_point_1_type", "critical");
    write("trip_point_1_temp", "100000");
    heat_to("50000");
    std::filesystem::copy_file(model_path("tiny-llama-f16"), folder_.path() + "/other.gguf");
  }
  ~FleetHeatTest() override { std::filesystem::remove_all(zone_.substr(0, zone_.find("/sys/"))); }
  // In one piece: whoever reads it sees the old one or the new one.
  void write(const std::string& file, const std::string& text) {
    ASSERT_TRUE(base::replace_file(zone_ + "/" + file, text + "\n", 0600).has_value());
  }
  void heat_to(const std::string& temperature) { write("temp", temperature); }
  std::unique_ptr<chat::EventStream> ask_other() {
    chat::Request request;
    request.messages = {{chat::Role::kUser, "say 1"}};
    return fleet_.generate(model_at(folder_.path() + "/other.gguf", "other"), request);
  }

  std::string zone_;
  base::testing::TemporaryFolder folder_;
};

TEST_F(FleetHeatTest, AHotMachineComputesWithFewerThreads) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  EXPECT_EQ(fleet_.status()[0].threads, 8U);
  heat_to("89000");
  run_until([&] { return fleet_.status()[0].threads < 8; });
  const std::uint32_t told = stats().threads;
  EXPECT_TRUE(told > 0 && told < 8) << told;
  EXPECT_EQ(fleet_.heat(), fleet::Heat::kHot);
  EXPECT_EQ(finish(*ask_other()).first, "word ");
  for (const fleet::RunnerStatus& status : fleet_.status())
    EXPECT_LT(status.threads, 8U) << status.model << " too";
}

TEST_F(FleetHeatTest, WhileItIsVeryHotNobodyIsLetInBesideOthers) {
  EXPECT_EQ(finish(*ask("say 1")).first, "word ");
  heat_to("97000");
  run_until([&] { return fleet_.heat() == fleet::Heat::kCritical; });
  EXPECT_EQ(stats().threads, 1U);
  auto waiting = ask_other();
  run_until([&] { return fleet_.status().size() == 2; });
  EXPECT_EQ(finish(*ask("say 1")).first, "word ") << "who is in goes on";
  EXPECT_EQ(starts(), 1U);
  heat_to("80000");
  EXPECT_EQ(finish(*waiting).first, "word ");
}

}  // namespace
}  // namespace hearth::testing
