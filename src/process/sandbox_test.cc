#include "process/sandbox.h"

#include <latch>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "process/testing/attempt.h"
#include "process/testing/sanitizers.h"

// Attempts start threads in a forked process, which ThreadSanitizer otherwise refuses.
extern "C" const char* __tsan_default_options();
extern "C" const char* __tsan_default_options() {
  return "die_after_fork=0";
}

namespace hearth::process {
namespace {

using std::chrono_literals::operator""s;
using testing::errno_of;
using ::testing::HasSubstr;

class SandboxApi : public testing::SandboxTest {};
HEARTH_BOTH_PROFILES(SandboxApi);

TEST_P(SandboxApi, SaysWhatHolds) {
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_TRUE(sandbox);
  EXPECT_THAT(sandbox->description(), HasSubstr("landlock"));
  EXPECT_THAT(sandbox->description(), HasSubstr("seccomp"));
  EXPECT_EQ(sandbox->description().find('\n'), std::string::npos);
  if (sandbox->is_complete()) {
    EXPECT_THAT(sandbox->description(), ::testing::Not(HasSubstr("lacks")));
  }
}

TEST_P(SandboxApi, AnAbsentPathIsAnErrorThatNamesIt) {
  policy_.read_paths.push_back(root_ + "/absent.gguf");
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_FALSE(sandbox);
  EXPECT_EQ(sandbox.error().code, Code::kNotFound);
  EXPECT_THAT(sandbox.error().message, HasSubstr("absent.gguf"));
}

TEST_P(SandboxApi, AFileIsNoFolderToWriteIn) {
  policy_.write_paths = {root_ + "/read/open.txt"};
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_FALSE(sandbox);
  EXPECT_EQ(sandbox.error().code, Code::kInvalidArgument);
}

TEST_P(SandboxApi, EnteringIsRefusedWhileOtherThreadsRun) {
  if (testing::kThreadSanitizer) GTEST_SKIP() << "its own thread is allowed for";
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_TRUE(sandbox);
  const auto enter_with_thread = [&] {
    std::latch done(1);
    std::thread other([&] { done.wait(); });
    const bool entered = sandbox->enter().has_value();
    done.count_down();
    other.join();
    return entered ? 0 : EBUSY;
  };
  EXPECT_EQ(testing::outside(enter_with_thread), (ExitStatus{EBUSY, 0}));
  EXPECT_EQ(testing::outside([&] { return sandbox->enter() ? 0 : EBUSY; }), testing::kWorks);
}

TEST_P(SandboxApi, OneSandboxServesManyProcesses) {
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_TRUE(sandbox);
  for (int i = 0; i < 3; ++i) {
    const auto abort_inside = [&] {
      if (!sandbox->enter()) return 1;
      ::abort();
    };
    // abort() needs the right process number in the filter.
    EXPECT_EQ(testing::outside(abort_inside), (ExitStatus{0, SIGABRT}));
  }
}

// What an older Landlock leaves open is refused by the filter alone.
TEST(SeccompFilter, StandsInForAnOlderLandlock) {
  SandboxPolicy policy;
  policy.exec = SandboxPolicy::Exec::kAllowed;
  const auto old = SeccompFilter::create(policy, 1);
  const auto recent = SeccompFilter::create(policy, kLandlockSignals);
  ASSERT_TRUE(old && recent);
  const testing::Victim victim;
  const auto under = [](const SeccompFilter& filter, const testing::Attempt& attempt) {
    return testing::outside([&] {
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
      return filter.install_raw() == 0 ? attempt() : testing::kSandboxFailed;
    });
  };
  const testing::Attempt attempts[] = {
      [&] { return errno_of(::kill(victim.pid(), SIGUSR1)); },
      [&] { return errno_of(::syscall(SYS_tgkill, victim.pid(), victim.pid(), SIGUSR1)); },
      [] { return testing::open_and_close("/dev/null", O_RDONLY | O_TRUNC); },
      [] { return testing::open_and_close("/dev/null", O_ACCMODE | O_TRUNC); },
  };
  for (const auto& attempt : attempts) {
    EXPECT_EQ(under(*recent, attempt), testing::kWorks);
    EXPECT_EQ(under(*old, attempt), (ExitStatus{EPERM, 0}));
  }
  EXPECT_EQ(under(*old, [] { return testing::open_and_close("/dev/null", O_WRONLY | O_TRUNC); }),
            testing::kWorks);
}

class SpawnInSandbox : public testing::SandboxTest {
 protected:
  SpawnInSandbox() {
    for (const char* path : {"/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache"}) {
      if (std::filesystem::exists(path)) policy_.read_paths.emplace_back(path);
    }
    policy_.exec = SandboxPolicy::Exec::kAllowed;
    policy_.processes_max = 20;
    options_.program = "/bin/sh";
    options_.environment = {"PATH=/usr/bin:/bin"};
    options_.err = SpawnOptions::Output::kDiscard;
  }
  ExitStatus run(const std::string& script, const Sandbox* sandbox) {
    options_.arguments = {"-c", script};
    options_.sandbox = sandbox;
    auto child = Child::spawn(options_);
    EXPECT_TRUE(child) << child.error().to_string();
    return child ? child->wait(30s).value_or(ExitStatus{-1, 0}) : ExitStatus{-1, 0};
  }
  SpawnOptions options_;
};
INSTANTIATE_TEST_SUITE_P(Tool, SpawnInSandbox, ::testing::Values(SandboxPolicy::Exec::kAllowed));

TEST_P(SpawnInSandbox, AProgramRunsAndIsHeld) {
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_TRUE(sandbox) << sandbox.error().to_string();
  const std::string write = "cat " + root_ + "/read/open.txt > " + root_ + "/write/copy && exit 3";
  EXPECT_EQ(run(write, &*sandbox), (ExitStatus{3, 0}));
  EXPECT_EQ(std::filesystem::file_size(root_ + "/write/copy"), 4U);
  const std::string steal = "exec cat " + root_ + "/secret/key.txt > " + root_ + "/write/stolen";
  EXPECT_EQ(run(steal, nullptr), (ExitStatus{0, 0}));
  EXPECT_NE(run(steal, &*sandbox), (ExitStatus{0, 0}));
}

TEST_P(SpawnInSandbox, AProgramOutsideTheReadPathsIsAnErrorThatSaysSo) {
  policy_.read_paths = {root_ + "/read"};
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_TRUE(sandbox);
  options_.sandbox = &*sandbox;
  const auto child = Child::spawn(options_);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code::kPermissionDenied);
  EXPECT_THAT(child.error().message, HasSubstr("read_paths"));
}

TEST_P(SpawnInSandbox, ASandboxWithoutExecCannotBeEnteredBeforeExec) {
  policy_.exec = SandboxPolicy::Exec::kForbidden;
  const auto sandbox = Sandbox::prepare(policy_);
  ASSERT_TRUE(sandbox);
  options_.sandbox = &*sandbox;
  const auto child = Child::spawn(options_);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code::kInvalidArgument);
}

}  // namespace
}  // namespace hearth::process
