#include "engine/trace_file.h"

#include <filesystem>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::engine {
namespace {

std::string load(const std::string& path) {
  return base::load_text_file(path, kTraceBytesMax).value_or("");
}

TEST(TraceFile, StaysBoundedAndEachOfItsFilesReplays) {
  constexpr std::size_t kLimit = 2000;
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("schedule-trace");
  CostModel cost;
  const auto file = TraceFile::create(path, cost, kLimit);
  ASSERT_TRUE(file.has_value());
  for (std::uint64_t i = 1; i <= 200; ++i) {
    TracedStep step{.tokens_max = 128};
    step.candidates = {{.tokens_pending = 1, .decoding = true, .last_step = i},
                       {.tokens_pending = 500, .last_step = i}};
    step.shares = plan_step(step.candidates, step.tokens_max, cost, step.pace);
    step.ms = static_cast<double>(10 + 4 * tokens_of(step) + i % 7);
    learn_step(cost, step);
    (*file)->add(step, cost);
  }
  for (const std::string& name : {path, path + ".old"}) {
    EXPECT_LT(std::filesystem::file_size(name), 2 * kLimit);
    const auto again = replay(load(name));
    ASSERT_TRUE(again.has_value()) << again.error().to_string();
    EXPECT_FALSE(again->difference.has_value());
  }
  EXPECT_GT(replay(load(path + ".old"))->steps, 5U);
}

TEST(TraceFile, ANewOneKeepsTheOneBefore) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.write("schedule-trace", "what was");
  ASSERT_TRUE(TraceFile::create(path, {}).has_value());
  EXPECT_EQ(load(path + ".old"), "what was");
  EXPECT_EQ(load(path), write_trace_start({}));
}

TEST(TraceFile, WithoutAFolderThereIsNone) {
  EXPECT_FALSE(TraceFile::create("/no/such/folder/trace", {}).has_value());
}

}  // namespace
}  // namespace hearth::engine
