// What the real hearth-runner writes into its cache folder about its steps.
#include <gtest/gtest.h>

#include "engine/cost_table.h"
#include "engine/schedule_trace.h"
#include "runner_fixture.h"

namespace hearth::testing {
namespace {

constexpr std::size_t kFileBytesMax = 64 * 1024 * 1024;

class RunnerRecord : public ::testing::Test {
 protected:
  std::string load_file(const std::string& name) const {
    return base::load_text_file(folder_.file(name), kFileBytesMax).value_or("");
  }
  // A runner that answers one request and ends as it should.
  void run_once(wire::Load load = {}) const {
    RunnerClient runner(runner_path(), folder_.path());
    load.threads = 1;
    ASSERT_TRUE(runner.load(model_path("tiny-llama-f16"), load).has_value());
    runner.generate(1, make_request("hello", 20));
    EXPECT_EQ(runner.finish(1).finished, Reason::kLength);
    runner.send(0, wire::Shutdown{});
    EXPECT_TRUE(runner.process().wait(std::chrono::seconds(10))->is_success());
  }
  // The costs that stand in a file, in its words.
  static std::string costs_in(std::string_view text) {
    std::string costs;
    while (!text.empty()) {
      const auto end = text.find('\n');
      if (text.starts_with("cost ")) costs.append(text.substr(0, end + 1));
      text.remove_prefix(std::min(text.size(), end + 1));
    }
    return costs;
  }

  base::testing::TemporaryFolder folder_;
};

TEST_F(RunnerRecord, WhatItsSchedulerDecidedIsDecidedAgainFromTheTrace) {
  {
    RunnerClient runner(runner_path(), folder_.path());
    wire::Load load{.context = 512, .kv_tokens = 1024, .threads = 1};
    load.trace = true;
    ASSERT_TRUE(runner.load(model_path("tiny-llama-f16"), load).has_value());
    for (std::uint32_t i = 1; i <= 12; ++i) {
      std::string prompt = "number " + std::to_string(i);
      for (std::uint32_t word = 0; word < i * 5; ++word)
        prompt += " word";
      runner.generate(i, make_request(prompt, 300));  // some are preempted
    }
    for (std::uint32_t i = 1; i <= 12; ++i)
      EXPECT_EQ(runner.finish(i).finished, Reason::kLength) << i;
    EXPECT_GT(runner.stats().preempted, 0U);
  }
  const std::string trace = load_file("schedule-trace");
  const auto again = engine::replay(trace);
  ASSERT_TRUE(again.has_value()) << again.error().to_string();
  EXPECT_GT(again->steps, 300U);
  EXPECT_FALSE(again->difference.has_value()) << "line " << again->difference->line;
  EXPECT_NE(trace.find(" share 0 1 share 1 1 share"), std::string::npos) << "nobody ran together";
}

TEST_F(RunnerRecord, WithoutTheSettingNothingIsTraced) {
  run_once();
  EXPECT_EQ(load_file("schedule-trace"), "");
}

TEST_F(RunnerRecord, WhatOneRunnerLearnedTheNextOneKnows) {
  run_once();
  const std::string learned = costs_in(load_file("cost-table"));
  EXPECT_NE(learned.find("cost 0 1 "), std::string::npos) << learned;
  run_once({.trace = true});
  const std::string trace = load_file("schedule-trace");
  EXPECT_EQ(costs_in(trace), learned);
  EXPECT_FALSE(engine::replay(trace)->difference.has_value());
}

TEST_F(RunnerRecord, ADamagedCostTableIsLearnedAnew) {
  run_once();
  std::string table = load_file("cost-table");
  const std::string learned = costs_in(table);
  const auto digit = table.find("cost 0 1 ") + std::string_view("cost 0 1 ").size();
  table[digit] = table[digit] == '9' ? '1' : '9';
  folder_.write("cost-table", table);
  run_once({.trace = true});
  EXPECT_EQ(costs_in(load_file("schedule-trace")), "");
  EXPECT_NE(costs_in(load_file("cost-table")), "");
}

TEST_F(RunnerRecord, WhatCannotBeWrittenHoldsUpNobody) {
  // Folders where files would be.
  std::filesystem::create_directories(folder_.file("cost-table/in-the-way"));
  std::filesystem::create_directories(folder_.file("schedule-trace.old/in-the-way"));
  folder_.write("schedule-trace", "what was");
  run_once({.trace = true});
  EXPECT_EQ(load_file("schedule-trace"), "what was");
}

}  // namespace
}  // namespace hearth::testing
