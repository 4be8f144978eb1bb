#include "engine/intake.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(NextEmbedding, IsOfTheClientWhoHasHadTheLeast) {
  const base::TimePoint now{};
  FairShare clients;
  std::deque<Embedding> waiting(3);
  waiting[0].client = waiting[1].client = "with thousands";
  waiting[2].client = "with one";
  EXPECT_EQ(next_of(waiting, clients, now), 0U) << "nobody has had anything";
  clients.add("with thousands", 100, now);
  EXPECT_EQ(next_of(waiting, clients, now), 2U);
  clients.add("with one", 200, now);
  EXPECT_EQ(next_of(waiting, clients, now), 0U) << "of one client the first";
}

TEST(NextEmbedding, IsOneThatNobodyWaitsForBeforeAllOthers) {
  std::deque<Embedding> waiting(2);
  base::CancelSource left;
  waiting[1].cancel = left.token();
  EXPECT_EQ(next_of(waiting, {}, {}), 0U);
  left.cancel();
  EXPECT_EQ(next_of(waiting, {}, {}), 1U);
}

}  // namespace
}  // namespace hearth::engine
