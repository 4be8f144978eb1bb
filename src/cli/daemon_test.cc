// Real processes: a command that finds no daemon starts one. The daemon is this test program,
// run again (main_test.cc).
#include "cli/daemon.h"

#include <fstream>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cli/testing/fake_daemon.h"
#include "config/runners.h"

namespace hearth::cli {
namespace {

using cli::testing::TemporaryHome;
using ::testing::AllOf;
using ::testing::HasSubstr;

class PrivateDaemonTest : public ::testing::Test {
 protected:
  ~PrivateDaemonTest() override {
    const auto daemon = find_daemon(home_.home());
    if (daemon && *daemon) (void)(*daemon)->shutdown();
  }
  Result<DaemonApi> ensure() const {
    return ensure_daemon(home_.home(), config::own_executable(), {"--home", home_.path()});
  }
  int count_started() const {
    std::ifstream file(home_.path() + "/started");
    int count = 0;
    for (std::string line; std::getline(file, line);)
      ++count;
    return count;
  }
  TemporaryHome home_;
};

TEST_F(PrivateDaemonTest, IsStartedOnceAndFoundAfterwards) {
  const auto none = find_daemon(home_.home());
  ASSERT_TRUE(none);
  EXPECT_FALSE(*none);
  const auto first = ensure();
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(first->version()->version, "fake");
  ASSERT_TRUE(ensure());
  EXPECT_EQ(count_started(), 1);
}

TEST_F(PrivateDaemonTest, ManyCommandsAtOnceEndWithOneDaemon) {
  constexpr int kCommands = 6;
  std::vector<std::thread> commands;
  std::atomic<int> answered{0};
  for (int i = 0; i < kCommands; ++i) {
    commands.emplace_back([&] {
      const auto daemon = ensure();
      if (daemon && daemon->version()) ++answered;
    });
  }
  for (std::thread& command : commands)
    command.join();
  EXPECT_EQ(answered, kCommands);
  EXPECT_EQ(count_started(), 1);
}

TEST_F(PrivateDaemonTest, OneThatCannotStartIsExplainedByItsLog) {
  std::ofstream(home_.path() + "/refuse") << "x";
  const auto daemon = ensure();
  ASSERT_FALSE(daemon);
  EXPECT_EQ(daemon.error().code, Code::kUnavailable);
  EXPECT_THAT(daemon.error().message, AllOf(HasSubstr("could not start"), HasSubstr("hearth.log"),
                                            HasSubstr("the disk is on fire")));
}

TEST_F(PrivateDaemonTest, AnExecutableThatIsNotThereIsAnError) {
  EXPECT_FALSE(ensure_daemon(home_.home(), "/nowhere/hearth", {}));
}

TEST_F(PrivateDaemonTest, ASocketThatNobodyServesIsNoDaemon) {
  std::ofstream(home_.home().socket_path()) << "";  // as left behind by kill -9
  const auto daemon = find_daemon(home_.home());
  ASSERT_TRUE(daemon) << daemon.error().message;
  EXPECT_FALSE(*daemon);
}

}  // namespace
}  // namespace hearth::cli
