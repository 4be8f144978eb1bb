// For tests of the sandbox: does something in a process of its own, once outside and once inside,
// and says how that went. A refusal proves something only when the same attempt works outside.
//
// Not for the product.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/child.h"
#include "process/sandbox.h"
#include "process/testing/print.h"

namespace hearth::process::testing {

inline constexpr int kSandboxFailed = 255;

// 0 when it worked, otherwise an errno.
using Attempt = std::function<int()>;

// The errno of a call that answers -1 on failure.
inline int errno_of(long result) {
  return result == -1 ? errno : 0;
}

// The exit code is what the attempt answered.
inline ExitStatus run_in_own_process(const Attempt& attempt) {
  const int pid = ::fork();
  if (pid == 0) ::_exit(attempt());
  int status = 0;
  ::waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) return {0, WTERMSIG(status)};
  return {WEXITSTATUS(status), 0};
}

inline ExitStatus outside(const Attempt& attempt) {
  return run_in_own_process(attempt);
}

inline ExitStatus inside(const SandboxPolicy& policy, const Attempt& attempt) {
  const auto sandbox = Sandbox::prepare(policy);
  EXPECT_TRUE(sandbox) << sandbox.error().to_string();
  if (!sandbox) return {kSandboxFailed, 0};
  return run_in_own_process([&] { return sandbox->enter() ? attempt() : kSandboxFailed; });
}

inline const ExitStatus kWorks = {0, 0};
inline bool is_refusal(const ExitStatus& status) {
  return status == ExitStatus{EPERM, 0} || status == ExitStatus{EACCES, 0};
}

inline void expect_works(const SandboxPolicy& policy, const char* what, const Attempt& attempt) {
  const ExitStatus status = inside(policy, attempt);
  EXPECT_EQ(status, kWorks) << what << " inside: " << status.to_string();
}

inline void expect_refused(const SandboxPolicy& policy, const char* what, const Attempt& attempt) {
  const ExitStatus free = outside(attempt);
  EXPECT_EQ(free, kWorks) << what << " outside: " << free.to_string();
  const ExitStatus held = inside(policy, attempt);
  EXPECT_TRUE(is_refusal(held)) << what << " inside: " << held.to_string();
}

inline int open_and_close(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC, 0600);
  if (fd < 0) return errno;
  ::close(fd);
  return 0;
}

// A process that only waits; what an escape would be aimed at.
class Victim {
 public:
  Victim() : parent_(::getpid()), pid_(::fork()) {
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // so that Yama does not decide the test
    ::signal(SIGUSR1, SIG_IGN);
    while (::getppid() == parent_)
      ::pause();
    ::_exit(0);
  }
  ~Victim() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  Victim(const Victim&) = delete;
  Victim& operator=(const Victim&) = delete;
  int pid() const { return pid_; }

 private:
  int parent_;
  int pid_;
};

// A folder with read/open.txt, write/ and secret/key.txt, for both profiles of the sandbox.
class SandboxTest : public ::testing::TestWithParam<SandboxPolicy::Exec> {
 protected:
  SandboxTest() {
    std::string name = (std::filesystem::temp_directory_path() / "hearth-XXXXXX").native();
    root_ = ::mkdtemp(name.data());
    std::filesystem::permissions(root_, std::filesystem::perms(0755));
    for (const char* folder : {"/read", "/write", "/secret"}) {
      std::filesystem::create_directory(root_ + folder);
    }
    std::ofstream(root_ + "/read/open.txt") << "open";
    std::ofstream(root_ + "/secret/key.txt") << "secret";
    policy_.exec = GetParam();
    policy_.read_paths = {root_ + "/read"};
    policy_.write_paths = {root_ + "/write"};
  }
  ~SandboxTest() override { std::filesystem::remove_all(root_); }

  std::string root_;
  SandboxPolicy policy_;
};

inline std::string profile_name(const ::testing::TestParamInfo<SandboxPolicy::Exec>& profile) {
  return profile.param == SandboxPolicy::Exec::kForbidden ? "Runner" : "Tool";
}

}  // namespace hearth::process::testing

#define HEARTH_BOTH_PROFILES(suite)                                                      \
  INSTANTIATE_TEST_SUITE_P(                                                              \
      BothProfiles, suite,                                                               \
      ::testing::Values(SandboxPolicy::Exec::kForbidden, SandboxPolicy::Exec::kAllowed), \
      ::hearth::process::testing::profile_name)
