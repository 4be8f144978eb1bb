// The chat on a real terminal: a pseudo-terminal whose other side is this test. The command line
// is this test program, run again (main_test.cc); the daemon is scripted.
#include "process/testing/terminal.h"

#include <atomic>
#include <future>

#include <gtest/gtest.h>

#include "cli/testing/fake_daemon.h"
#include "config/runners.h"

namespace hearth::cli {
namespace {

using cli::testing::FakeDaemon;
using cli::testing::FakeReply;
using cli::testing::FakeRequest;
using cli::testing::TemporaryHome;

class Terminal : public process::testing::Terminal {
 public:
  explicit Terminal(std::vector<std::string> words)
      : process::testing::Terminal(with_program(std::move(words))) {}

 private:
  static std::vector<std::string> with_program(std::vector<std::string> words) {
    words.insert(words.begin(), config::own_executable());
    return words;
  }
};

// The first answer never ends by itself; the others do.
class ChatOnTerminal : public ::testing::Test {
 protected:
  ChatOnTerminal()
      : daemon_(home_.home(), [this](const FakeRequest&, const FakeReply& reply) {
          reply.start_events();
          reply.text(R"(thinking\u001b]0;owned\u0007 hard)");
          if (!endless_.exchange(false)) {
            reply.finish();
            return;
          }
          reply.wait_until_gone();
          stopped_.set_value();
        }) {}

  TemporaryHome home_;
  std::atomic<bool> endless_ = true;  // the fake daemon answers on its own thread
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
  EXPECT_EQ(terminal.screen().find("\x1B]0;"), std::string::npos) << "the window's title";
}

class ThinkingOnTerminal : public ::testing::Test {
 protected:
  ThinkingOnTerminal()
      : daemon_(home_.home(), [](const FakeRequest&, const FakeReply& reply) {
          reply.start_events();
          reply.delta(R"({"reasoning_content":"\n"})");
          reply.delta(R"({"reasoning_content":"pon\u001b[0m"})");
          reply.delta(R"({"reasoning_content":"der"})");
          reply.text("the answer");
          reply.finish();
        }) {}

  TemporaryHome home_;
  FakeDaemon daemon_;
};

TEST_F(ThinkingOnTerminal, ThoughtsAreDimAndStandApart) {
  Terminal terminal({"run", "m", "x", "--home", home_.path()});
  ASSERT_TRUE(terminal.shows("the answer"));
  EXPECT_EQ(terminal.exit_code(), 0);
  std::string screen = terminal.screen();
  std::erase(screen, '\r');
  EXPECT_NE(screen.find("\x1B[2mpon\u241B[0mder\x1B[22m\n\nthe answer\n"), std::string::npos)
      << screen;
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
