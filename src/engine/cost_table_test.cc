#include "engine/cost_table.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::engine {
namespace {

constexpr const char* kKey = "llama.cpp v0.5.0, 4 threads";

CostModel some_costs() {
  CostModel cost;
  const auto steps = *rc::gen::inRange(1, 60);
  for (int i = 0; i < steps; ++i) {
    cost.learn(*rc::gen::inRange(1U, 129U), *rc::gen::inRange(0U, 1U << 24),
               *rc::gen::inRange(1, 1'000'000) / 997.0);
  }
  return cost;
}

RC_GTEST_PROP(CostTable, WhatIsKeptIsReadBackExactly, ()) {
  const CostModel cost = some_costs();
  const auto read = read_cost_table(write_cost_table(kKey, cost), kKey);
  RC_ASSERT(read.has_value());
  RC_ASSERT(read->entries() == cost.entries());
}

RC_GTEST_PROP(CostTable, NoFlippedBitIsBelieved, ()) {
  const std::string whole = write_cost_table(kKey, some_costs());
  std::string text = whole;
  const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
  text[at] = static_cast<char>(text[at] ^ (1 << *rc::gen::inRange(0, 8)));
  RC_ASSERT(!read_cost_table(text, kKey).has_value());
}

RC_GTEST_PROP(CostTable, NoPartOfAFileIsBelieved, ()) {
  const std::string whole = write_cost_table(kKey, some_costs());
  const auto size = *rc::gen::inRange<std::size_t>(0, whole.size());
  RC_ASSERT(!read_cost_table(whole.substr(0, size), kKey).has_value());
  RC_ASSERT(!read_cost_table(whole + whole.substr(0, size + 1), kKey).has_value());
}

RC_GTEST_PROP(CostTable, NoiseIsNoTable, (const std::string& noise)) {
  RC_ASSERT(!read_cost_table(noise, kKey).has_value());
}

TEST(CostTable, OneOfAnotherBuildIsNotTaken) {
  const auto read = read_cost_table(write_cost_table("llama.cpp v0.4.0", CostModel()), kKey);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().code, Code::kUnavailable);
}

TEST(CostTable, OddCostsAreNone) {
  CostModel cost;
  EXPECT_TRUE(read_cost("cost 512 64 250.5", cost));
  EXPECT_DOUBLE_EQ(cost.predict(64, 600), 250.5);
  for (const char* odd :
       {"cost 512 64 nan", "cost 512 64 inf", "cost 512 64 0", "cost 512 64 -1", "cost 512 64 1e9",
        "cost 513 64 1", "cost 512 65 1", "cost 512 0 1", "cost 512 500 1", "cost -1 64 1",
        "cost 512 64", "cost 512 64 1 2", "cost  512 64 1", "cost 512 64 1 ", "costs 512 64 1"})
    EXPECT_FALSE(read_cost(odd, cost)) << odd;
  EXPECT_EQ(cost.entries().size(), 1U);
}

TEST(CostTable, AFileIsKeptWholeAndAnAbsentOneIsNotFound) {
  const base::testing::TemporaryFolder folder;
  const std::string path = folder.file("cost-table");
  EXPECT_EQ(load_cost_table(path, kKey).error().code, Code::kNotFound);
  CostModel cost;
  cost.learn(64, 100, 250);
  ASSERT_TRUE(keep_cost_table(path, kKey, cost).has_value());
  cost.learn(1, 100, 20);
  ASSERT_TRUE(keep_cost_table(path, kKey, cost).has_value());
  EXPECT_EQ(load_cost_table(path, kKey)->entries(), cost.entries());
  EXPECT_FALSE(keep_cost_table(folder.file("no/such/folder"), kKey, cost).has_value());
}

}  // namespace
}  // namespace hearth::engine
