#include "fleet/cache_folder.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <sys/stat.h>

#include "base/testing/temporary_folder.h"

namespace hearth::fleet {
namespace {

namespace fs = std::filesystem;

store::ModelFile model(std::uint64_t number) {
  return {"name", "/path", 1000, 5, number};
}

void fill(const std::string& folder, std::size_t bytes) {
  std::ofstream(folder + "/a.span") << std::string(bytes, 'x');
}

class CacheFolder : public ::testing::Test {
 protected:
  base::testing::TemporaryFolder folder_;
  std::string root_ = folder_.path() + "/prefixes";
};

TEST_F(CacheFolder, IsOneForEachFileAndForThisUserAlone) {
  const std::string one = ensure_cache_folder(root_, cache_name(model(1), ""));
  EXPECT_NE(one, ensure_cache_folder(root_, cache_name(model(2), "")));
  EXPECT_EQ(one, ensure_cache_folder(root_, cache_name(model(1), "")));
  EXPECT_NE(one, ensure_cache_folder(root_, cache_name(model(1), "a"))) << "loaded differently";
  struct stat facts{};
  ASSERT_EQ(::stat(one.c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0700U);
}

TEST_F(CacheFolder, ThatCannotBeMadeIsNone) {
  std::ofstream(root_) << "a file";
  EXPECT_EQ(ensure_cache_folder(root_, cache_name(model(1), "")), "");
  EXPECT_EQ(ensure_cache_folder("", cache_name(model(1), "")), "");
}

TEST_F(CacheFolder, TheOnesUsedLongestAgoGoFirstAndThoseInUseStay) {
  const std::string used = ensure_cache_folder(root_, cache_name(model(1), ""));
  const std::string old = ensure_cache_folder(root_, cache_name(model(2), ""));
  const std::string young = ensure_cache_folder(root_, cache_name(model(3), ""));
  for (const std::string& each : {used, old, young})
    fill(each, 100);
  const auto now = fs::file_time_type::clock::now();
  fs::last_write_time(used, now - std::chrono::hours(3));
  fs::last_write_time(old, now - std::chrono::hours(2));
  fs::last_write_time(young, now - std::chrono::hours(1));
  prune_cache_folders(root_, {used}, 300);
  EXPECT_TRUE(fs::exists(old));
  prune_cache_folders(root_, {used}, 250);
  EXPECT_TRUE(fs::exists(used));
  EXPECT_FALSE(fs::exists(old));
  EXPECT_TRUE(fs::exists(young));
}

TEST_F(CacheFolder, LinksAreNotFollowed) {
  const std::string elsewhere = folder_.path() + "/elsewhere";
  fs::create_directory(elsewhere);
  fill(elsewhere, 1000);
  fs::create_directory(root_);
  fs::create_directory_symlink(elsewhere, root_ + "/link");
  prune_cache_folders(root_, {}, 0);
  EXPECT_TRUE(fs::exists(elsewhere + "/a.span"));
}

}  // namespace
}  // namespace hearth::fleet
