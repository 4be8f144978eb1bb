#include "fleet/waiting_room.h"

#include <optional>
#include <utility>

#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

TEST(WaitingRoom, HasSoManySeatsAndNoMore) {
  WaitingRoom room({.requests = 2, .bytes = 100});
  auto first = room.enter(1);
  std::optional<Result<WaitingRoom::Seat>> second(room.enter(1));
  ASSERT_TRUE(first && *second);
  EXPECT_EQ(room.enter(1).error().code, Code::kResourceExhausted);
  second.reset();
  EXPECT_EQ(room.requests(), 1U);
  EXPECT_TRUE(room.enter(1).has_value());
}

TEST(WaitingRoom, HasRoomForSoManyBytes) {
  WaitingRoom room({.requests = 10, .bytes = 100});
  {
    const auto first = room.enter(60);
    EXPECT_TRUE(room.enter(40).has_value());
    EXPECT_EQ(room.enter(41).error().code, Code::kResourceExhausted);
    EXPECT_EQ(room.bytes(), 60U);
  }
  EXPECT_EQ(room.bytes(), 0U);
}

TEST(WaitingRoom, LetsInOneOfAnySizeWhenThereIsNoOther) {
  WaitingRoom room({.requests = 10, .bytes = 100});
  const auto large = room.enter(1000);
  EXPECT_TRUE(large.has_value());
  EXPECT_FALSE(room.enter(1).has_value());
}

TEST(WaitingRoom, ASeatThatMovesIsCountedOnceAndMayOutliveTheRoom) {
  std::optional<WaitingRoom::Seat> kept;
  {
    WaitingRoom room({.requests = 10, .bytes = 100});
    auto seat = room.enter(5);
    ASSERT_TRUE(seat.has_value());
    kept.emplace(std::move(*seat));
    EXPECT_EQ(room.requests(), 1U);
  }
  kept.reset();
}

}  // namespace
}  // namespace hearth::fleet
