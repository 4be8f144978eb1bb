// A part of a test in a process of its own, which may be killed at any time. It sees what the test
// had, and leaves by _exit: nothing of the test's is ended there.
//
// REQUIRES: no database is open when it is made; a connection does not survive a fork.
#pragma once

#include <csignal>
#include <utility>

#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/result.h"

namespace hearth::db::testing {

class Forked {
 public:
  // `work` gives the exit code.
  template <typename Work>
  explicit Forked(Work&& work) : pid_(::fork()) {
    HEARTH_ASSERT(pid_ >= 0);
    if (pid_ != 0) return;
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    ::_exit(work());
  }
  Forked(Forked&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Forked& operator=(Forked&&) = delete;
  ~Forked() { kill(); }

  void kill() {
    if (pid_ < 0) return;
    ::kill(pid_, SIGKILL);
    wait();
  }
  // The exit code, or a signal's number with a minus.
  int wait() {
    int status = 0;
    HEARTH_ASSERT(::waitpid(std::exchange(pid_, -1), &status, 0) > 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  int pid_;
};

}  // namespace hearth::db::testing
