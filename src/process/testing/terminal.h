// A program on a terminal whose other side is the test.
//
// The session belongs to a process that does nothing else: where a session's leader ends, the
// kernel throws away what nobody has read yet, and a short program's output would be lost.
//
// Threads: thread-compatible. Nothing is waited for longer than kTerminalPatienceMs.
#pragma once

#include <csignal>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::process::testing {

inline constexpr int kTerminalPatienceMs = 60'000;

class Terminal {
 public:
  // `words` begin with the program's path.
  explicit Terminal(std::vector<std::string> words)
      : ours_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(ours_.get());
    ::unlockpt(ours_.get());
    const std::string name = ::ptsname(ours_.get());
    int ends[2] = {-1, -1};
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    ended_.reset(ends[0]);
    const Fd tell(ends[1]);
    std::vector<char*> argv;
    for (std::string& word : words)
      argv.push_back(word.data());
    argv.push_back(nullptr);
    leader_ = ::fork();
    if (leader_ == 0) lead(name.c_str(), argv.data(), tell.get());
  }
  ~Terminal() {
    ::kill(-leader_, SIGKILL);
    ::kill(leader_, SIGKILL);  // should it have no group yet
    ::waitpid(leader_, nullptr, 0);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;

  void type(const std::string& keys) const { EXPECT_TRUE(base::write_all(ours_.get(), keys)); }

  // Reads until `text` has appeared behind what was asked for before.
  ::testing::AssertionResult shows(const std::string& text) {
    while (true) {
      const std::size_t at = screen_.find(text, used_);
      if (at != std::string::npos) {
        used_ = at + text.size();
        return ::testing::AssertionSuccess();
      }
      if (!read_more()) {
        return ::testing::AssertionFailure() << "no '" << text << "' in:\n" << screen_;
      }
    }
  }

  // Everything that was shown, as far as it has been read.
  const std::string& screen() const { return screen_; }

  // Of the program, once it and whoever else holds the terminal have closed it; the number of
  // the signal, negative, when one ended it.
  int exit_code() {
    while (read_more()) {
    }
    int status = 0;
    pollfd watched{ended_.get(), POLLIN, 0};
    EXPECT_EQ(::poll(&watched, 1, kTerminalPatienceMs), 1) << "the program goes on:\n" << screen_;
    EXPECT_EQ(::read(ended_.get(), &status, sizeof status), ssize_t{sizeof status});
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }

 private:
  // Between fork and exec: nothing but system calls.
  [[noreturn]] static void lead(const char* name, char* const* argv, int tell) {
    ::setsid();
    const int theirs = ::open(name, O_RDWR | O_CLOEXEC);
    ::ioctl(theirs, TIOCSCTTY, 0);
    const pid_t program = ::fork();
    if (program == 0) {
      ::prctl(PR_SET_PDEATHSIG, SIGKILL);
      for (int fd = 0; fd < 3; ++fd)
        ::dup2(theirs, fd);
      ::execv(argv[0], argv);
      ::_exit(127);
    }
    ::signal(SIGINT, SIG_IGN);
    ::close(theirs);
    int status = 0;
    ::waitpid(program, &status, 0);
    [[maybe_unused]] const ssize_t told = ::write(tell, &status, sizeof status);
    while (true)
      ::pause();
  }

  bool read_more() {
    pollfd watched{ours_.get(), POLLIN, 0};
    if (::poll(&watched, 1, kTerminalPatienceMs) != 1) return false;
    char buffer[4096];
    const ssize_t count = ::read(ours_.get(), buffer, sizeof buffer);
    if (count <= 0) return false;  // all have closed it
    screen_.append(buffer, static_cast<std::size_t>(count));
    return true;
  }

  Fd ours_;
  Fd ended_;
  pid_t leader_ = -1;
  std::string screen_;
  std::size_t used_ = 0;
};

}  // namespace hearth::process::testing
