#include "fleet/compute_threads.h"

#include <gtest/gtest.h>

namespace hearth::fleet {
namespace {

TEST(ComputeThreads, AreTheCoresForAModelOfSomeSize) {
  EXPECT_EQ(compute_threads({0, 6}, kOneThreadBytesMax), 6U);
  EXPECT_EQ(compute_threads({0, 6}, 4 * base::kGiB), 6U);
}

TEST(ComputeThreads, AreOneForATinyModel) {
  EXPECT_EQ(compute_threads({0, 6}, kOneThreadBytesMax - 1), 1U);
  EXPECT_EQ(compute_threads({0, 6}, 0), 1U);
}

TEST(ComputeThreads, AreWhatTheUserHasSaidWhateverTheModel) {
  EXPECT_EQ(compute_threads({3, 6}, 1), 3U);
  EXPECT_EQ(compute_threads({3, 6}, 4 * base::kGiB), 3U);
}

TEST(ComputeThreads, AreForTheRunnerToFindWhereTheCoresAreUnknown) {
  EXPECT_EQ(compute_threads({0, 0}, 4 * base::kGiB), 0U);
}

}  // namespace
}  // namespace hearth::fleet
