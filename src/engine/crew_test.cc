#include "engine/crew.h"

#include <gtest/gtest.h>

namespace hearth::engine {
namespace {

TEST(Crew, DoesEveryPieceOnceWhoeverDoesIt) {
  for (const std::uint32_t helpers : {0U, 1U, 3U}) {
    Crew crew(helpers);
    for (std::size_t count = 0; count < 200; ++count) {
      std::vector<std::atomic<int>> done(count);
      crew.run(count, [&](std::size_t i) { ++done[i]; });
      for (const std::atomic<int>& times : done)
        ASSERT_EQ(times, 1);
    }
  }
}

TEST(Crew, PiecesMayTakeUnequallyLong) {
  Crew crew(2);
  std::atomic<std::size_t> sum = 0;
  crew.run(50, [&](std::size_t i) {
    std::size_t own = 0;
    for (std::size_t k = 0; k < i * 1000; ++k)
      own += k % 2;
    sum += own;
  });
  EXPECT_EQ(sum, 500U * 49 * 50 / 2);
}

}  // namespace
}  // namespace hearth::engine
