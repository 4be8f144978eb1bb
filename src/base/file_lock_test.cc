#include "base/file_lock.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::base {
namespace {

class FileLockTest : public testing::Test {
 protected:
  FileLockTest() {
    char name[] = "/tmp/hearth-lock-XXXXXX";
    folder_ = ::mkdtemp(name);
  }
  ~FileLockTest() override { std::filesystem::remove_all(folder_); }
  std::string path() const { return folder_ + "/lock"; }
  std::string folder_;
};

TEST_F(FileLockTest, IsHeldByOneAndTheOtherIsToldByWhom) {
  {
    const auto first = FileLock::try_acquire(path());
    ASSERT_TRUE(first);
    const auto second = FileLock::try_acquire(path());
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Code::kAlreadyExists);
    EXPECT_NE(second.error().message.find("process " + std::to_string(::getpid()) + " "),
              std::string::npos);
  }
  EXPECT_TRUE(FileLock::try_acquire(path())) << "released with the object";
}

TEST_F(FileLockTest, OfAnExistingFileLeavesItAsItIs) {
  EXPECT_EQ(FileLock::try_existing(path()).error().code, Code::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(path()));
  std::ofstream(path()) << "weights";
  {
    const auto held = FileLock::try_existing(path());
    ASSERT_TRUE(held);
    EXPECT_TRUE(held->is_of(path()));
    EXPECT_EQ(FileLock::try_existing(path()).error().code, Code::kAlreadyExists);
  }
  EXPECT_TRUE(FileLock::try_existing(path()));
  EXPECT_EQ(std::filesystem::file_size(path()), 7U);
}

TEST_F(FileLockTest, IsFreeAgainWhenItsHolderIsKilled) {
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    const auto held = FileLock::try_acquire(path());
    [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", held ? 1 : 0);
    ::pause();
    ::_exit(0);
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  EXPECT_FALSE(FileLock::try_acquire(path()));
  ::kill(child, SIGKILL);
  EXPECT_TRUE(FileLock::acquire(path())) << "waits for the kernel to let go";
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
}

TEST_F(FileLockTest, IsSharedByManyOrHeldByOne) {
  {
    const auto one = FileLock::share(path());
    const auto other = FileLock::share(path());
    ASSERT_TRUE(one);
    ASSERT_TRUE(other);
    EXPECT_EQ(FileLock::try_acquire(path()).error().code, Code::kAlreadyExists);
  }
  EXPECT_TRUE(FileLock::try_acquire(path()));
}

TEST_F(FileLockTest, KnowsWhetherAPathStillLeadsToIt) {
  const auto lock = FileLock::try_acquire(path());
  ASSERT_TRUE(lock);
  EXPECT_TRUE(lock->is_of(path()));
  std::filesystem::remove(path());
  EXPECT_FALSE(lock->is_of(path()));
  const auto another = FileLock::try_acquire(path());
  ASSERT_TRUE(another);
  EXPECT_FALSE(lock->is_of(path()));
  EXPECT_TRUE(another->is_of(path()));
}

}  // namespace
}  // namespace hearth::base
