#include "config/home.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hearth::config {
namespace {

Environment fixed(std::map<std::string, std::string> variables) {
  return [variables = std::move(variables)](const char* name) -> std::optional<std::string> {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  };
}

TEST(Home, HearthHomeHoldsEverything) {
  const auto home = Home::locate(fixed({{"HEARTH_HOME", "/srv/hearth/"}, {"HOME", "/h"}}), "");
  ASSERT_TRUE(home);
  EXPECT_EQ(home->root(), "/srv/hearth");
  EXPECT_EQ(home->config_file(), "/srv/hearth/config.yaml");
  EXPECT_EQ(home->models_folder(), "/srv/hearth/models");
  EXPECT_EQ(home->cache_folder(), "/srv/hearth/cache");
  EXPECT_EQ(home->socket_path(), "/srv/hearth/run/hearth.sock");
}

TEST(Home, TheFlagWinsAndRelativePathsBecomeAbsolute) {
  const auto home = Home::locate(fixed({{"HEARTH_HOME", "/srv/hearth"}}), "mine");
  ASSERT_TRUE(home);
  EXPECT_EQ(home->config_folder(), std::filesystem::current_path().string() + "/mine");
}

TEST(Home, WithoutItTheXdgFoldersAreUsed) {
  const auto plain = Home::locate(fixed({{"HOME", "/h"}}), "");
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->root(), "");
  EXPECT_EQ(plain->config_file(), "/h/.config/hearth/config.yaml");
  EXPECT_EQ(plain->models_folder(), "/h/.local/share/hearth/models");
  EXPECT_EQ(plain->cache_folder(), "/h/.cache/hearth");
  const auto chosen = Home::locate(
      fixed({{"HOME", "/h"}, {"XDG_DATA_HOME", "/d"}, {"XDG_CACHE_HOME", "relative"}}), "");
  ASSERT_TRUE(chosen);
  EXPECT_EQ(chosen->socket_path(), "/d/hearth/run/hearth.sock");
  EXPECT_EQ(chosen->cache_folder(), "/h/.cache/hearth");
}

TEST(Home, ASocketPathThatIsTooLongIsAnErrorThatSaysWhatToDo) {
  const std::string longest(kSocketPathBytesMax - std::string("/run/hearth.sock").size() - 1, 'x');
  EXPECT_TRUE(Home::locate(fixed({}), "/" + longest)->check_socket_path());
  const auto error = Home::locate(fixed({}), "/" + longest + "x")->check_socket_path();
  ASSERT_FALSE(error);
  EXPECT_NE(error.error().message.find("108 bytes"), std::string::npos);
  EXPECT_NE(error.error().message.find("set HEARTH_HOME"), std::string::npos);
}

class HomeOnDisk : public testing::Test {
 protected:
  HomeOnDisk() {
    char name[] = "/tmp/hearth-home-XXXXXX";
    root_ = ::mkdtemp(name);
  }
  ~HomeOnDisk() override { std::filesystem::remove_all(root_); }
  static unsigned mode_of(const std::string& path) {
    struct stat status{};
    return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0U;
  }
  std::string root_;
};

TEST_F(HomeOnDisk, FoldersAreMadeForTheUserAlone) {
  const auto home = Home::locate(fixed({}), root_ + "/a/b");
  ASSERT_TRUE(home->ensure_folders());
  EXPECT_EQ(mode_of(root_ + "/a/b"), 0700U);
  EXPECT_EQ(mode_of(home->models_folder()), 0700U);
  EXPECT_EQ(mode_of(home->run_folder()), 0700U);
  EXPECT_TRUE(home->ensure_folders()) << "a second time changes nothing";
}

TEST_F(HomeOnDisk, ARunFolderOpenToOthersIsClosed) {
  const auto home = Home::locate(fixed({}), root_);
  ASSERT_TRUE(home->ensure_folders());
  ::chmod(home->run_folder().c_str(), 0777);
  ASSERT_TRUE(home->ensure_folders());
  EXPECT_EQ(mode_of(home->run_folder()), 0700U);
}

TEST_F(HomeOnDisk, AFolderThatOthersMayWriteIntoIsRefusedWithWhatToDo) {
  const auto home = Home::locate(fixed({}), root_);
  EXPECT_TRUE(home->check_unshared());
  for (const unsigned mode : {0777U, 0770U, 01777U}) {
    ::chmod(root_.c_str(), mode);
    for (const auto& checked : {home->check_unshared(), home->ensure_folders()}) {
      ASSERT_FALSE(checked) << mode;
      EXPECT_EQ(checked.error().code, Code::kPermissionDenied);
      EXPECT_NE(checked.error().message.find("chmod go-w '" + root_ + "'"), std::string::npos);
    }
  }
  ::chmod(root_.c_str(), 0755);
  EXPECT_TRUE(home->check_unshared());
}

TEST_F(HomeOnDisk, ALinkIsJudgedByWhatItLeadsTo) {
  std::filesystem::create_directory(root_ + "/real");
  std::filesystem::create_symlink(root_ + "/real", root_ + "/link");
  const auto home = Home::locate(fixed({}), root_ + "/link");
  EXPECT_TRUE(home->check_unshared());
  ::chmod((root_ + "/real").c_str(), 0777);
  EXPECT_FALSE(home->check_unshared());
}

TEST_F(HomeOnDisk, AFolderOfAnotherUserIsRefused) {
  // Root can give a folder away; for everybody else "/" is one.
  constexpr uid_t kSomebody = 65534;
  const bool given = ::chown(root_.c_str(), kSomebody, kSomebody) == 0;
  const auto checked = Home::locate(fixed({}), given ? root_ : "/")->check_unshared();
  ASSERT_FALSE(checked);
  EXPECT_NE(checked.error().message.find("belongs to another user"), std::string::npos);
}

TEST_F(HomeOnDisk, AFileInTheWayIsAnErrorThatNamesIt) {
  std::ofstream(root_ + "/models") << "x";
  const auto made = Home::locate(fixed({}), root_)->ensure_folders();
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().message.find("'" + root_ + "/models' must be a folder"),
            std::string::npos);
}

}  // namespace
}  // namespace hearth::config
