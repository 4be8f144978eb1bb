#include <filesystem>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"
#include "base/units.h"
#include "process/memory.h"

namespace hearth::process {
namespace {

using base::kMiB;

class MemoryRoom : public ::testing::Test {
 protected:
  MemoryRoom() { write("/proc/meminfo", "MemTotal: 8192000 kB\nMemAvailable:    4096000 kB\n"); }
  void write(const std::string& path, const std::string& text) {
    std::filesystem::create_directories(folder_.path() + path.substr(0, path.rfind('/')));
    folder_.write(path.substr(1), text);
  }
  std::uint64_t room() { return available_bytes(folder_.path()); }

  base::testing::TemporaryFolder folder_;
};

TEST_F(MemoryRoom, IsWhatTheMachineCanGive) {
  EXPECT_EQ(room(), 4000 * kMiB);
}

TEST_F(MemoryRoom, IsUnknownWhereTheSystemDoesNotTell) {
  write("/proc/meminfo", "MemTotal: 8192000 kB\n");
  EXPECT_EQ(room(), 0U);
}

TEST_F(MemoryRoom, IsWhatIsLeftOfTheControlGroup) {
  write("/proc/self/cgroup", "0::/group/one\n");
  write("/sys/fs/cgroup/group/one/memory.max", "104857600\n");
  write("/sys/fs/cgroup/group/one/memory.current", "41943040\n");
  EXPECT_EQ(room(), 60 * kMiB);
  write("/sys/fs/cgroup/group/one/memory.stat", "anon 1\ninactive_file 20971520\n");
  EXPECT_EQ(room(), 80 * kMiB);
}

TEST_F(MemoryRoom, IsTheLeastOfAllGroupsAboveUs) {
  write("/proc/self/cgroup", "0::/group/one\n");
  write("/sys/fs/cgroup/group/one/memory.max", "max\n");
  write("/sys/fs/cgroup/group/memory.max", "52428800\n");
  write("/sys/fs/cgroup/group/memory.current", "0\n");
  EXPECT_EQ(room(), 50 * kMiB);
}

TEST_F(MemoryRoom, IsThatOfTheContainerWhereItsGroupIsMountedAsTheRoot) {
  write("/proc/self/cgroup", "4:memory:/container/abc\n0::/\n");
  write("/sys/fs/cgroup/memory/memory.limit_in_bytes", "31457280\n");
  write("/sys/fs/cgroup/memory/memory.usage_in_bytes", "10485760\n");
  EXPECT_EQ(room(), 20 * kMiB);
}

TEST_F(MemoryRoom, IsNothingWhereTheGroupIsFull) {
  write("/proc/self/cgroup", "0::/\n");
  write("/sys/fs/cgroup/memory.max", "100\n");
  write("/sys/fs/cgroup/memory.current", "200\n");
  EXPECT_EQ(room(), 0U);
}

TEST_F(MemoryRoom, OfThisMachineIsKnown) {
  EXPECT_GT(available_bytes(), 0U);
}

}  // namespace
}  // namespace hearth::process
