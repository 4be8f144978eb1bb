#include "process/processors.h"

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::process {
namespace {

class ProcessorQuotaTest : public ::testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) {
    const std::filesystem::path path = folder_.path() + "/" + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  std::uint32_t quota() { return processor_quota(folder_.path()); }

  base::testing::TemporaryFolder folder_;
};

TEST_F(ProcessorQuotaTest, TheNarrowestGroupHolds) {
  write("proc/self/cgroup", "0::/service/hearth");
  write("sys/fs/cgroup/cpu.max", "800000 100000");
  write("sys/fs/cgroup/service/cpu.max", "250000 100000");
  write("sys/fs/cgroup/service/hearth/cpu.max", "max 100000");
  EXPECT_EQ(quota(), 3U) << "two and a half";
}

TEST_F(ProcessorQuotaTest, TheFirstVersionOfGroupsIsReadToo) {
  write("proc/self/cgroup", "5:memory:/a\n4:cpu,cpuacct:/a");
  write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "150000");
  write("sys/fs/cgroup/cpu/a/cpu.cfs_period_us", "100000");
  EXPECT_EQ(quota(), 2U);
  write("sys/fs/cgroup/cpu/a/cpu.cfs_quota_us", "-1");
  EXPECT_EQ(quota(), 0U);
}

TEST_F(ProcessorQuotaTest, WithoutALimitThereIsNone) {
  EXPECT_EQ(quota(), 0U);
  write("proc/self/cgroup", "0::/");
  write("sys/fs/cgroup/cpu.max", "max 100000");
  EXPECT_EQ(quota(), 0U);
  write("sys/fs/cgroup/cpu.max", "0 0");
  EXPECT_EQ(quota(), 0U);
}

}  // namespace
}  // namespace hearth::process
