#include "process/child.h"

#include <filesystem>
#include <numeric>
#include <thread>

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "process/testing/print.h"

namespace hearth::process {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using testing::HasSubstr;

SpawnOptions shell(const std::string& script) {
  SpawnOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", script};
  options.environment = {"PATH=/usr/bin:/bin"};
  return options;
}

std::string read_all(const Fd& fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t count; (count = ::read(fd.get(), buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<std::size_t>(count));
  }
  return text;
}

std::string output_of(SpawnOptions options) {
  options.out = SpawnOptions::Output::kPipe;
  auto child = Child::spawn(options);
  if (!child) return child.error().to_string();
  const std::string text = read_all(*child->take_stdout());
  EXPECT_TRUE(child->wait(10s).has_value());
  return text;
}

bool has_ended_within(int pidfd, int timeout_ms) {
  pollfd ended = {pidfd, POLLIN, 0};
  return ::poll(&ended, 1, timeout_ms) == 1;
}

Fd pidfd_of(int pid) {
  return Fd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
}

TEST(Child, ReportsItsExitCode) {
  auto child = Child::spawn(shell("exit 7"));
  ASSERT_TRUE(child) << child.error().to_string();
  const auto status = child->wait(10s);
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, (ExitStatus{7, 0}));
  EXPECT_EQ(status->to_string(), "exit code 7");
  EXPECT_EQ(child->poll_exit(), *status);
}

TEST(Child, ReportsTheSignalThatKilledIt) {
  auto child = Child::spawn(shell("kill -SEGV $$"));
  ASSERT_TRUE(child);
  const auto status = child->wait(10s);
  ASSERT_TRUE(status);
  EXPECT_EQ(*status, (ExitStatus{0, SIGSEGV}));
  EXPECT_EQ(status->to_string(), "killed by SIGSEGV (11)");
}

TEST(Child, WaitGivesUpAtTheDeadlineAndHarmsNothing) {
  auto options = shell("read line; exit 3");
  options.in = SpawnOptions::Input::kPipe;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  const auto early = child->wait(20ms);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error().code, Code::kDeadlineExceeded);
  EXPECT_EQ(child->poll_exit(), std::nullopt);
  ASSERT_TRUE(base::write_all(child->take_stdin()->get(), "go\n"));
  EXPECT_EQ(*child->wait(10s), (ExitStatus{3, 0}));
}

TEST(Child, ItsPidfdBecomesReadableWhenItEnds) {
  auto options = shell("read line");
  options.in = SpawnOptions::Input::kPipe;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  EXPECT_FALSE(has_ended_within(child->pidfd(), 0));
  child->take_stdin()->reset();
  EXPECT_TRUE(has_ended_within(child->pidfd(), 10'000));
}

TEST(Child, PipesCarryInputOutputAndErrorsApart) {
  auto options = shell("cat; echo problem >&2");
  options.in = SpawnOptions::Input::kPipe;
  options.out = SpawnOptions::Output::kPipe;
  options.err = SpawnOptions::Output::kPipe;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  ASSERT_TRUE(base::write_all(child->take_stdin()->get(), "hello"));
  EXPECT_EQ(read_all(*child->take_stdout()), "hello");
  EXPECT_EQ(read_all(*child->take_stderr()), "problem\n");
  EXPECT_FALSE(child->take_stdout()) << "each end is handed out once";
}

TEST(Child, MissingProgramIsAnErrorOfSpawnThatNamesIt) {
  SpawnOptions options;
  options.program = "/nonexistent/hearth-runner";
  const auto child = Child::spawn(options);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code::kNotFound);
  EXPECT_THAT(child.error().message, HasSubstr("/nonexistent/hearth-runner"));
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1) << "no zombie may be left";
}

TEST(Child, ProgramThatIsNoExecutableIsAnError) {
  SpawnOptions options;
  options.program = "/etc/passwd";
  const auto child = Child::spawn(options);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code::kPermissionDenied);
}

TEST(Child, MissingWorkingFolderIsAnErrorThatNamesIt) {
  auto options = shell("true");
  options.working_folder = "/nonexistent/folder";
  const auto child = Child::spawn(options);
  ASSERT_FALSE(child);
  EXPECT_THAT(child.error().message, HasSubstr("/nonexistent/folder"));
}

TEST(Child, BareProgramNameIsRefusedSincePathIsNotSearched) {
  SpawnOptions options;
  options.program = "sh";
  const auto child = Child::spawn(options);
  ASSERT_FALSE(child);
  EXPECT_EQ(child.error().code, Code::kInvalidArgument);
}

TEST(Child, RunsInItsFolderWithExactlyItsEnvironment) {
  auto options = shell("pwd; env");
  options.working_folder = "/usr";
  options.environment = {"COLOUR=red"};
  ::setenv("HEARTH_TEST_SECRET", "hidden", 1);
  const std::string text = output_of(options);
  EXPECT_THAT(text, testing::StartsWith("/usr\n"));
  EXPECT_THAT(text, HasSubstr("COLOUR=red"));
  EXPECT_THAT(text, testing::Not(HasSubstr("HEARTH_TEST_SECRET")));
}

TEST(Child, GetsOnlyTheDescriptorsItIsGiven) {
  // Neither of these is closed on exec by itself.
  const Fd leak(::open("/dev/zero", O_RDONLY));
  const Fd high_leak(::fcntl(leak.get(), F_DUPFD, 200));
  SpawnOptions options;
  options.program = "/bin/ls";
  options.arguments = {"/proc/self/fd"};
  options.descriptors = {{leak.get(), 9}};
  // 3 is what ls itself opens to read the folder.
  EXPECT_EQ(output_of(options), "0\n1\n2\n3\n9\n");
}

TEST(Child, HasNoDescriptorListedTwiceOrInPlaceOfAStream) {
  auto options = shell("true");
  options.descriptors = {{0, 5}, {1, 5}};
  EXPECT_FALSE(Child::spawn(options));
  options.descriptors = {{0, 2}};
  EXPECT_FALSE(Child::spawn(options));
}

RC_GTEST_PROP(ChildProperty, EveryDescriptorArrivesUnderItsNumberWhateverTheOverlap, ()) {
  const int count = *rc::gen::inRange(1, 12);
  std::vector<int> targets(20);
  std::iota(targets.begin(), targets.end(), 3);
  // The numbers of sources are low as well, so that they collide with targets.
  for (std::size_t i = 0; i + 1 < targets.size(); ++i) {
    const auto other = *rc::gen::inRange(i, targets.size());
    std::swap(targets[i], targets[other]);
  }
  std::vector<Fd> sources;
  SpawnOptions options;
  options.program = "/bin/cat";
  std::string expected;
  for (int i = 0; i < count; ++i) {
    int ends[2];
    RC_ASSERT(::pipe2(ends, O_CLOEXEC) == 0);
    sources.emplace_back(ends[0]);
    const Fd writer(ends[1]);
    const std::string token = "<" + std::to_string(i) + ">";
    RC_ASSERT(base::write_all(writer.get(), token).has_value());
    const int target = targets[static_cast<std::size_t>(i)];
    options.descriptors.emplace_back(ends[0], target);
    options.arguments.push_back("/proc/self/fd/" + std::to_string(target));
    expected += token;
  }
  RC_ASSERT(output_of(options) == expected);
}

TEST(Child, StartsWithDefaultSignalsNoneBlocked) {
  sigset_t usr1;
  ::sigemptyset(&usr1);
  ::sigaddset(&usr1, SIGUSR1);
  ::pthread_sigmask(SIG_BLOCK, &usr1, nullptr);
  ::signal(SIGPIPE, SIG_IGN);
  const std::string text = output_of(shell("grep -E 'Sig(Blk|Ign)' /proc/self/status"));
  ::signal(SIGPIPE, SIG_DFL);
  ::pthread_sigmask(SIG_UNBLOCK, &usr1, nullptr);
  EXPECT_EQ(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(Child, HasItsOwnSessionNoNewPrivilegesAndNoCoreDumps) {
  auto options = shell("exec cat /proc/self/stat /proc/self/status /proc/self/limits");
  options.out = SpawnOptions::Output::kPipe;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  const std::string text = read_all(*child->take_stdout());
  const std::string pid = std::to_string(child->pid());
  EXPECT_THAT(text, testing::ContainsRegex("\\) . [0-9]+ " + pid + " " + pid + " "));
  EXPECT_THAT(text, HasSubstr("NoNewPrivs:\t1"));
  EXPECT_THAT(text, testing::ContainsRegex("Max core file size +[01] +[01] +"));
}

TEST(Child, SignalReachesItAndIsNotFoundAfterItEnded) {
  auto child = Child::spawn(shell("exec sleep 1000"));
  ASSERT_TRUE(child);
  ASSERT_TRUE(child->signal(SIGTERM));
  EXPECT_EQ(*child->wait(10s), (ExitStatus{0, SIGTERM}));
  const auto late = child->signal(SIGTERM);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Code::kNotFound);
}

TEST(Child, IsKilledWithItsGroupAndReapedWhenItsOwnerGoes) {
  auto options = shell("sleep 1000 & echo $!; wait");
  options.out = SpawnOptions::Output::kPipe;
  auto child = std::make_optional(*Child::spawn(options));
  const Fd out = *child->take_stdout();
  char line[32] = {};
  ASSERT_GT(::read(out.get(), line, sizeof line - 1), 0);
  const Fd grandchild = pidfd_of(std::stoi(line));
  ASSERT_TRUE(grandchild);
  const int pid = child->pid();
  child.reset();
  EXPECT_EQ(::waitpid(pid, nullptr, WNOHANG), -1) << "it must be reaped";
  EXPECT_TRUE(has_ended_within(grandchild.get(), 10'000));
}

TEST(Child, LeavesNobodyBehindInItsGroupWhenItEnds) {
  auto options = shell("sleep 1000 >/dev/null & echo $!");
  options.out = SpawnOptions::Output::kPipe;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  const Fd left_behind = pidfd_of(std::stoi(read_all(*child->take_stdout())));
  ASSERT_TRUE(left_behind);
  EXPECT_EQ(*child->wait(10s), (ExitStatus{0, 0}));
  EXPECT_TRUE(has_ended_within(left_behind.get(), 10'000));
}

// What becomes of a child when the process that spawned it is killed with SIGKILL.
Fd child_of_a_killed_parent(SpawnOptions::Lifetime lifetime) {
  int ends[2];
  EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
  const Fd read_end(ends[0]);
  Fd write_end(ends[1]);
  const int parent = ::fork();
  if (parent == 0) {
    SpawnOptions options = shell("exec sleep 1000");
    options.lifetime = lifetime;
    // On a thread that ends at once: a child hangs on the process, not on the thread.
    std::thread([&] {
      auto child = Child::spawn(options);
      const int pid = child ? child->pid() : -1;
      static auto keep = std::move(child);
      [[maybe_unused]] const auto written = ::write(write_end.get(), &pid, sizeof pid);
    }).join();
    while (true)
      ::pause();
  }
  write_end.reset();
  int pid = -1;
  EXPECT_EQ(::read(read_end.get(), &pid, sizeof pid), static_cast<ssize_t>(sizeof pid));
  EXPECT_GT(pid, 0);
  Fd child = pidfd_of(pid);
  EXPECT_FALSE(has_ended_within(child.get(), 100)) << "not when its spawning thread ends";
  ::kill(parent, SIGKILL);
  ::waitpid(parent, nullptr, 0);
  return child;
}

TEST(Child, DiesWithItsParentEvenWhenThatIsKilled) {
  const Fd child = child_of_a_killed_parent(SpawnOptions::Lifetime::kWithParent);
  EXPECT_TRUE(has_ended_within(child.get(), 10'000));
  ::syscall(SYS_pidfd_send_signal, child.get(), SIGKILL, nullptr, 0);  // if it did not
}

TEST(Child, DetachedOutlivesItsParent) {
  const Fd child = child_of_a_killed_parent(SpawnOptions::Lifetime::kDetached);
  EXPECT_FALSE(has_ended_within(child.get(), 200));
  ::syscall(SYS_pidfd_send_signal, child.get(), SIGKILL, nullptr, 0);
}

TEST(Child, ManyThreadsSpawnAtOnce) {
  std::vector<std::thread> threads;
  std::atomic<int> right = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([i, &right] {
      for (int round = 0; round < 5; ++round) {
        const int code = i * 10 + round;
        auto child = Child::spawn(shell("exit " + std::to_string(code)));
        if (child && child->wait(30s) == ExitStatus{code, 0}) ++right;
      }
    });
  }
  for (auto& thread : threads)
    thread.join();
  EXPECT_EQ(right, 40);
}

}  // namespace
}  // namespace hearth::process
