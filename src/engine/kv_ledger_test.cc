#include "engine/kv_ledger.h"

#include <set>
#include <utility>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

namespace hearth::engine {
namespace {

TEST(KvLedger, CountsWhatIsSharedOnce) {
  const Holding first{{1, 0, 100}};
  Holding second = first_of(first, 80);
  second.push_back({2, 80, 130});
  EXPECT_EQ(cells(std::vector<Holding>{first, second}), 150);
}

TEST(KvLedger, WhatWasSharedStaysWhenItsOriginIsGone) {
  Holding second = first_of({{1, 0, 100}}, 80);
  second.push_back({2, 80, 130});
  EXPECT_EQ(cells(std::vector<Holding>{second}), 130);
}

TEST(KvLedger, SharesWhatWasSharedBefore) {
  Holding second = first_of({{1, 0, 100}}, 80);
  second.push_back({2, 80, 130});
  const Holding third = first_of(second, 90);
  EXPECT_EQ(third, (Holding{{1, 0, 80}, {2, 80, 90}}));
  EXPECT_EQ(first_of(second, 40), (Holding{{1, 0, 40}}));
  EXPECT_TRUE(first_of(second, 0).empty());
}

// Sequences come, share a beginning with one that is there, grow and go; cells are counted as a
// set of them would.
RC_GTEST_PROP(KvLedger, CountsAsASetOfCellsDoes, ()) {
  using Cell = std::pair<std::uint64_t, std::size_t>;
  std::vector<Holding> holdings;
  std::vector<std::vector<Cell>> held;
  std::uint64_t origin = 0;
  const auto steps = *rc::gen::inRange(1, 40);
  for (int step = 0; step < steps; ++step) {
    const bool goes = !holdings.empty() && *rc::gen::inRange(0, 3) == 0;
    if (goes) {
      const auto gone = *rc::gen::inRange<std::size_t>(0, holdings.size());
      holdings.erase(holdings.begin() + static_cast<std::ptrdiff_t>(gone));
      held.erase(held.begin() + static_cast<std::ptrdiff_t>(gone));
      continue;
    }
    Holding holding;
    std::vector<Cell> own;
    if (!holdings.empty()) {
      const auto donor = *rc::gen::inRange<std::size_t>(0, holdings.size());
      const auto shared = *rc::gen::inRange<std::size_t>(0, held[donor].size() + 1);
      holding = first_of(holdings[donor], shared);
      own.assign(held[donor].begin(), held[donor].begin() + static_cast<std::ptrdiff_t>(shared));
    }
    const std::size_t from = own.size();
    const auto grows = *rc::gen::inRange<std::size_t>(1, 20);
    holding.push_back({++origin, from, from + grows});
    for (std::size_t position = from; position < from + grows; ++position)
      own.emplace_back(origin, position);
    holdings.push_back(std::move(holding));
    held.push_back(std::move(own));
  }
  std::set<Cell> all;
  for (const auto& one : held)
    all.insert(one.begin(), one.end());
  RC_ASSERT(cells(holdings) == all.size());
}

}  // namespace
}  // namespace hearth::engine
