// The chat on a real terminal: a pseudo-terminal whose other side is this test. The command line
// is this test program, run again (main_test.cc); the daemon is scripted.
#include <cstdlib>
#include <future>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "cli/testing/fake_daemon.h"
#include "config/runners.h"

namespace hearth::cli {
namespace {

using cli::testing::FakeDaemon;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::TemporaryHome;

// Nothing here waits this long unless it is broken.
constexpr int kPatienceMs = 20'000;

class Terminal {
 public:
  explicit Terminal(const std::vector<std::string>& words)
      : ours_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
    ::grantpt(ours_.get());
    ::unlockpt(ours_.get());
    const std::string name = ::ptsname(ours_.get());
    const std::string program = config::own_executable();
    std::vector<char*> argv{const_cast<char*>(program.c_str())};
    for (const std::string& word : words)
      argv.push_back(const_cast<char*>(word.c_str()));
    argv.push_back(nullptr);
    child_ = ::fork();
    if (child_ != 0) return;
    ::setsid();
    const int theirs = ::open(name.c_str(), O_RDWR);
    ::ioctl(theirs, TIOCSCTTY, 0);
    for (int fd = 0; fd < 3; ++fd)
      ::dup2(theirs, fd);
    ::execv(argv[0], argv.data());
    ::_exit(127);
  }
  ~Terminal() {
    if (child_ > 0) {
      ::kill(child_, SIGKILL);
      ::waitpid(child_, nullptr, 0);
    }
  }
  void type(const std::string& keys) const { (void)base::write_all(ours_.get(), keys); }

  // Reads until `text` has appeared behind what was asked for before.
  ::testing::AssertionResult shows(const std::string& text) {
    while (true) {
      const std::size_t at = seen_.find(text, used_);
      if (at != std::string::npos) {
        used_ = at + text.size();
        return ::testing::AssertionSuccess();
      }
      pollfd watched{ours_.get(), POLLIN, 0};
      char buffer[4096];
      const bool ready = ::poll(&watched, 1, kPatienceMs) == 1;
      const ssize_t count = ready ? ::read(ours_.get(), buffer, sizeof buffer) : 0;
      if (count <= 0) {
        return ::testing::AssertionFailure() << "no '" << text << "' in: " << seen_.substr(used_);
      }
      seen_.append(buffer, static_cast<std::size_t>(count));
    }
  }

  int exit_code() {
    // Until the other side has closed the terminal, so that the child never waits for us.
    char buffer[4096];
    while (::read(ours_.get(), buffer, sizeof buffer) > 0) {
    }
    int status = 0;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  }
  const std::string& seen() const { return seen_; }

 private:
  Fd ours_;
  pid_t child_ = -1;
  std::string seen_;
  std::size_t used_ = 0;
};

// The first answer never ends by itself; the others do.
class ChatOnTerminal : public ::testing::Test {
 protected:
  ChatOnTerminal()
      : daemon_(home_.home(), [this](const FakeRequest&, const FakeReply& reply) {
          reply.start_events();
          reply.text(R"(thinking\u001b]0;owned\u0007 hard)");
          if (!std::exchange(endless_, false)) {
            reply.finish();
            return;
          }
          reply.wait_until_gone();
          stopped_.set_value();
        }) {}

  TemporaryHome home_;
  bool endless_ = true;
  std::promise<void> stopped_;
  FakeDaemon daemon_;
};

TEST_F(ChatOnTerminal, CtrlCStopsTheAnswerAndTheSecondOneLeaves) {
  Terminal terminal({"chat", "m", "--home", home_.path()});
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("hi\r");
  ASSERT_TRUE(terminal.shows("hard"));
  terminal.type("\x03");
  stopped_.get_future().wait();  // the daemon saw the client go
  ASSERT_TRUE(terminal.shows("(stopped)"));
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("\x03");
  EXPECT_EQ(terminal.exit_code(), 130);
}

TEST_F(ChatOnTerminal, TheSessionGoesOnAfterAStoppedAnswer) {
  Terminal terminal({"chat", "m", "--home", home_.path()});
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("first\r");
  ASSERT_TRUE(terminal.shows("hard"));
  terminal.type("\x03");
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("second\r");
  ASSERT_TRUE(terminal.shows("hard"));
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("\x04");
  EXPECT_EQ(terminal.exit_code(), 0);
  ASSERT_EQ(daemon_.requests().size(), 2U);
  EXPECT_NE(daemon_.requests()[1].body.find(R"("content":"second")"), std::string::npos);
}

TEST_F(ChatOnTerminal, TheModelCannotControlTheTerminal) {
  endless_ = false;
  Terminal terminal({"run", "m", "x", "--home", home_.path()});
  ASSERT_TRUE(terminal.shows("thinking"));
  ASSERT_TRUE(terminal.shows("hard"));
  EXPECT_EQ(terminal.seen().find("\x1B]0;"), std::string::npos) << "the window's title";
}

TEST_F(ChatOnTerminal, CtrlCEndsRunWith130) {
  // With a terminal as its input, so nothing is waited for there.
  Terminal terminal({"run", "m", "x", "--home", home_.path()});
  ASSERT_TRUE(terminal.shows("hard"));
  terminal.type("\x03");
  EXPECT_EQ(terminal.exit_code(), 130);
}

TEST_F(ChatOnTerminal, OneCtrlCAtThePromptOnlyWarns) {
  Terminal terminal({"chat", "m", "--home", home_.path()});
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("half a line\x03");
  ASSERT_TRUE(terminal.shows("again"));
  ASSERT_TRUE(terminal.shows(">>> "));
  terminal.type("/exit\r");
  EXPECT_EQ(terminal.exit_code(), 0);
}

}  // namespace
}  // namespace hearth::cli
