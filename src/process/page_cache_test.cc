#include "process/page_cache.h"

#include <fstream>
#include <limits>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/testing/temporary_folder.h"
#include "base/units.h"

namespace hearth::process {
namespace {

constexpr std::uint64_t kBytes = 20 * base::kMiB + 5;
constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();

class PageCacheTest : public ::testing::Test {
 protected:
  PageCacheTest() { std::ofstream(path_) << std::string(kBytes, 'x'); }
  // Whether the system has let go of it: not where the folder is in memory.
  bool forget() const {
    const auto file = base::open_for_reading(path_);
    ::fsync(file->get());
    ::posix_fadvise(file->get(), 0, 0, POSIX_FADV_DONTNEED);
    return cached_bytes(path_) < kBytes / 2;
  }

  base::testing::TemporaryFolder folder_;
  std::string path_ = folder_.path() + "/file";
};

TEST_F(PageCacheTest, WhatIsReadAheadIsInTheCache) {
  forget();
  EXPECT_EQ(read_ahead(path_, kAll, {}).value(), kBytes);
  EXPECT_EQ(cached_bytes(path_), kBytes);
}

TEST_F(PageCacheTest, NoMoreIsReadThanMayBe) {
  const bool forgotten = forget();
  EXPECT_EQ(read_ahead(path_, 3 * base::kMiB, {}).value(), 3 * base::kMiB);
  // The system reads on for a while by itself.
  if (forgotten) {
    EXPECT_LT(cached_bytes(path_), kBytes);
  }
}

TEST_F(PageCacheTest, ACancelledReadingStops) {
  base::CancelSource source;
  source.cancel();
  EXPECT_EQ(read_ahead(path_, kAll, source.token()).value(), 0U);
}

TEST_F(PageCacheTest, AFileThatIsGoneIsToldSo) {
  EXPECT_EQ(read_ahead(folder_.path() + "/none", kAll, {}).error().code, Code::kNotFound);
  EXPECT_EQ(cached_bytes(folder_.path() + "/none"), 0U);
}

}  // namespace
}  // namespace hearth::process
