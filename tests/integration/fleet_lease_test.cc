// Runners that compute at once on the same cores: real ones, which take turns.
#include <csignal>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "fleet_fixture.h"

namespace hearth::testing {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// An answer that is read as it comes.
class Talk {
 public:
  explicit Talk(std::unique_ptr<chat::EventStream> stream) : stream_(std::move(stream)) {
    listen();
  }
  std::uint64_t tokens() const { return tokens_; }
  const std::optional<Event>& end() const { return end_; }

 private:
  void listen() {
    stream_->next([this](Event event) {
      if (const auto* text = std::get_if<chat::TextDelta>(&event)) tokens_ += text->tokens;
      if (chat::ends_stream(event)) {
        end_ = std::move(event);
      } else {
        listen();
      }
    });
  }

  std::uint64_t tokens_ = 0;
  std::optional<Event> end_;
  std::unique_ptr<chat::EventStream> stream_;  // last: nothing is called when it is gone
};

// Two models with one thread each, and one core.
class FleetLeaseTest : public FleetTest {
 protected:
  static constexpr std::uint32_t kSome = 50;  // tokens

  static fleet::Fleet::Options one_core(fleet::LeaseRules rules = {}) {
    auto options = FleetTest::options(runner_path());
    options.load.threads = 1;
    options.lease = rules;
    options.lease.cores = 1;
    return options;
  }
  explicit FleetLeaseTest(fleet::Fleet::Options options = one_core())
      : FleetTest(std::move(options)) {
    for (const char* name : {"a", "b"})
      fs::copy_file(model_path("tiny-llama-f16"), path_of(name));
  }
  std::string path_of(const std::string& name) const {
    return folder_.path() + "/" + name + ".gguf";
  }
  static chat::Request request(std::uint32_t tokens) {
    chat::Request request;
    request.messages = {{chat::Role::kUser, "Tell me a long story."}};
    request.sampling.ignore_eos = true;
    request.overflow = chat::Overflow::kShift;
    request.max_tokens = tokens;
    return request;
  }
  std::unique_ptr<Talk> talk_without_end(const std::string& name) {
    constexpr std::uint32_t kMany = 1'000'000;
    return std::make_unique<Talk>(fleet_.generate(model_at(path_of(name), name), request(kMany)));
  }
  void answer(const std::string& name) {
    Talk answer(fleet_.generate(model_at(path_of(name), name), request(kSome)));
    run_until([&] { return answer.end().has_value(); });
    EXPECT_TRUE(answer.end() && std::holds_alternative<chat::Finished>(*answer.end()));
  }
  void expect_progress(const Talk& talk) {
    const std::uint64_t tokens = talk.tokens();
    run_until([&] { return talk.tokens() >= tokens + kSome || talk.end(); });
    EXPECT_FALSE(talk.end()) << "nothing ended it";
  }
  fleet::LeaseUse lease_of(const std::string& name) { return status_of(name).lease; }

  base::testing::TemporaryFolder folder_;
};

TEST_F(FleetLeaseTest, WhoIsAloneLeasesOnce) {
  answer("a");
  answer("a");
  EXPECT_EQ(lease_of("a").leases, 1U);
}

TEST_F(FleetLeaseTest, WhoRestsGivesUpWhatItKeptWhenAnotherComes) {
  answer("a");
  answer("b");
  answer("a");
  EXPECT_EQ(lease_of("a").leases, 2U);
  EXPECT_EQ(lease_of("b").leases, 1U);
}

TEST_F(FleetLeaseTest, ModelsThatOnlyEmbedTakeTurnsToo) {
  const auto busy = talk_without_end("a");
  expect_progress(*busy);
  std::optional<Result<chat::Embeddings>> embedded;
  fleet_.embed(model_at(model_path("tiny-bert-f16"), "bert"), {"", {"one", "two", "three"}},
               [&](Result<chat::Embeddings> got) { embedded = std::move(got); });
  run_until([&] { return embedded.has_value(); });
  EXPECT_TRUE(embedded->has_value());
  EXPECT_GE(lease_of("bert").leases, 1U);
  expect_progress(*busy);
  EXPECT_GE(lease_of("a").leases, 2U);
}

TEST_F(FleetLeaseTest, TheDeathOfTheOneThatComputesLetsTheOtherGoOn) {
  const auto a = talk_without_end("a");
  const auto b = talk_without_end("b");
  expect_progress(*a);
  expect_progress(*b);
  ::kill(status_of("a").pid, SIGKILL);
  run_until([&] { return a->end().has_value(); });
  EXPECT_EQ(failure(*a->end()), Code::kEngineCrashed);
  expect_progress(*b);
  answer("a");
  expect_progress(*b);
}

// Turns of one step.
class FleetLeaseStepTest : public FleetLeaseTest {
 protected:
  FleetLeaseStepTest() : FleetLeaseTest(one_core({.slice = milliseconds(0)})) {}
};

TEST_F(FleetLeaseStepTest, TwoThatAreBusyGetOnSideBySide) {
  const auto a = talk_without_end("a");
  const auto b = talk_without_end("b");
  expect_progress(*a);
  expect_progress(*b);
  constexpr std::uint64_t kMany = 400;
  const std::uint64_t a_before = a->tokens();
  const std::uint64_t b_before = b->tokens();
  const std::uint64_t leases_before = lease_of("a").leases;
  run_until([&] { return a->tokens() >= a_before + kMany && b->tokens() >= b_before + kMany; });
  const auto written = std::pair(a->tokens() - a_before, b->tokens() - b_before);
  // Their times are alike, and what the machine does meanwhile is in them.
  EXPECT_LE(std::max(written.first, written.second), 8 * kMany)
      << written.first << " and " << written.second;
  EXPECT_GE(lease_of("a").leases, leases_before + kMany / 4) << "or they did not take turns";
  EXPECT_GT(lease_of("a").waited.count(), 0);
}

// Who does not give back is soon passed over.
class FleetLeasePatienceTest : public FleetLeaseTest {
 protected:
  FleetLeasePatienceTest() : FleetLeaseTest(one_core({.patience = milliseconds(100)})) {}
};

TEST_F(FleetLeasePatienceTest, AStoppedOneHoldsUpNobodyAndGoesOnWhenItIsLet) {
  const auto a = talk_without_end("a");
  const auto b = talk_without_end("b");
  expect_progress(*a);
  expect_progress(*b);
  const int stopped = status_of("a").pid;
  ::kill(stopped, SIGSTOP);
  for (int i = 0; i < 20; ++i)
    expect_progress(*b);
  ::kill(stopped, SIGCONT);
  expect_progress(*a);
  expect_progress(*b);
}

// One that hangs keeps its lease until the watchdog ends it.
class FleetLeaseHangTest : public FleetLeaseTest {
 protected:
  static fleet::Fleet::Options watched() {
    auto options = one_core({.patience = std::chrono::minutes(1)});
    options.hang = milliseconds(600);
    return options;
  }
  FleetLeaseHangTest() : FleetLeaseTest(watched()) {}
  // What it has counted so far; it owes nothing that was asked before.
  void hear_counts_of(const std::string& name) {
    bool heard = false;
    fleet_.query_counts(name, [&](const auto& counts) { heard = counts.has_value(); });
    run_until([&] { return heard; });
  }
  // One that is never looked at, for it owes nobody anything, and gives nothing back.
  int stop_a_at_rest() {
    answer("a");
    hear_counts_of("a");  // the fleet asks, too, once it rests
    hear_counts_of("a");
    const int stopped = status_of("a").pid;
    ::kill(stopped, SIGSTOP);
    return stopped;
  }
};

TEST_F(FleetLeaseHangTest, TheWatchdogEndsTheOneThatComputesAndTheOtherGoesOn) {
  const auto a = talk_without_end("a");
  expect_progress(*a);
  ::kill(status_of("a").pid, SIGSTOP);
  const auto b = talk_without_end("b");
  expect_progress(*b);
  run_until([&] { return a->end().has_value(); });
  EXPECT_EQ(failure(*a->end()), Code::kEngineCrashed);
}

TEST_F(FleetLeaseHangTest, WhoWaitsIsNotTakenForHung) {
  const int stopped = stop_a_at_rest();
  const auto b = talk_without_end("b");
  run_until([&] { return lease_of("b").waited.count() > 0; });
  asio::steady_timer later(loop_, milliseconds(2000));
  bool is_later = false;
  later.async_wait([&](auto) { is_later = true; });
  run_until([&] { return is_later; });
  EXPECT_EQ(b->tokens(), 0U);
  EXPECT_EQ(registry_.counter({"hearth_runner_crashes_total", ""}).value(), 0U);
  ::kill(stopped, SIGCONT);
  expect_progress(*b);
}

TEST_F(FleetLeaseHangTest, WhoWaitsHearsThatItsWorkIsCalledOff) {
  const int stopped = stop_a_at_rest();
  auto b = talk_without_end("b");
  run_until([&] { return lease_of("b").waited.count() > 0; });
  b.reset();
  std::optional<std::uint64_t> cancelled;
  const auto look = [&] {
    fleet_.query_counts("b", [&](const Result<fleet::RunnerCounts>& counts) {
      cancelled = counts ? counts->requests_cancelled : 0;
    });
  };
  look();
  run_until([&] {
    if (cancelled == 0U) {
      cancelled.reset();
      look();
    }
    return cancelled.has_value();
  });
  EXPECT_EQ(cancelled, 1U);
  ::kill(stopped, SIGCONT);
}

}  // namespace
}  // namespace hearth::testing
