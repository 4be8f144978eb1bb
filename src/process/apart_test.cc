// Children that cannot get away: in namespaces of their own, and in a group that nobody leaves.
#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "process/child.h"
#include "process/group_use.h"
#include "process/testing/attempt.h"
#include "process/testing/print.h"

namespace hearth::process {
namespace {

using std::chrono_literals::operator""s;

SpawnOptions shell(const std::string& script) {
  SpawnOptions options;
  options.program = "/bin/sh";
  options.arguments = {"-c", script};
  options.environment = {"PATH=/usr/bin:/bin"};
  options.out = SpawnOptions::Output::kPipe;
  return options;
}

std::string read_line(const Fd& fd) {
  std::string text;
  for (char letter = 0; ::read(fd.get(), &letter, 1) == 1 && letter != '\n';)
    text += letter;
  return text;
}

TEST(Apart, AChildInNamespacesOfItsOwnIsTheFirstThere) {
  SpawnOptions options = shell("echo $$");
  options.namespaces = SpawnOptions::Namespaces::kOwnWherePossible;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child) << child.error().to_string();
  const Fd out = child->take_stdout().value();
  EXPECT_EQ(read_line(out) == "1", child->is_apart());
  EXPECT_EQ(child->wait(10s).value(), (ExitStatus{0, 0}));
}

TEST(Apart, NothingOutlivesTheFirstProcessOfItsNamespace) {
  SpawnOptions options = shell("setsid sleep 1000 & echo there; read nothing");
  options.in = SpawnOptions::Input::kPipe;
  options.namespaces = SpawnOptions::Namespaces::kOwnWherePossible;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  if (!child->is_apart()) return;  // this system makes none; the group holds then (below)
  const Fd out = child->take_stdout().value();
  EXPECT_EQ(read_line(out), "there");
  // The pipe's other end is open as long as anything lives that has it.
  child->kill_group();
  EXPECT_EQ(read_line(out), "");
  EXPECT_EQ(child->wait(10s).value().signal, SIGKILL);
}

TEST(Apart, ItsNamespaceHoldsOnlySoManyTasks) {
  // Five hundred processes that live until the pipe closes, or as many as there may be.
  SpawnOptions options = shell(
      "for i in 1 2 3 4 5 6 7 8 9 10; do for j in 1 2 3 4 5 6 7 8 9 10; do for k in 1 2 3 4 5; do "
      "sleep 1000 & done; done; done; echo there; read nothing");
  options.in = SpawnOptions::Input::kPipe;
  options.err = SpawnOptions::Output::kDiscard;
  options.namespaces = SpawnOptions::Namespaces::kOwnWherePossible;
  options.tasks_max = 50;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  const Fd out = child->take_stdout().value();
  const bool is_bounded = child->is_apart() && has_bounds_of_namespaces() && ::geteuid() == 0;
  // A shell that may not fork says so and ends.
  EXPECT_EQ(read_line(out), is_bounded ? "" : "there");
  child->kill_group();
  ASSERT_TRUE(child->wait(10s));
}

TEST(Apart, WhoMustStayInItsGroupCannotLeaveIt) {
  SandboxPolicy policy;
  policy.exec = SandboxPolicy::Exec::kAllowed;
  policy.processes_max = 8;
  const auto leave = [] {
    const int pid = ::fork();
    if (pid == 0) ::_exit(::setsid() < 0 || ::setpgid(0, 0) < 0 ? errno : 0);
    int status = 0;
    ::waitpid(pid, &status, 0);
    return WEXITSTATUS(status);
  };
  const auto regroup = [] { return ::setpgid(0, 0) < 0 ? errno : 0; };
  testing::expect_works(policy, "another group", regroup);
  policy.group = SandboxPolicy::Group::kStays;
  testing::expect_refused(policy, "another group", regroup);
  EXPECT_TRUE(testing::is_refusal(testing::inside(policy, leave)));
}

TEST(GroupUse, CountsWhatAGroupHolds) {
  SpawnOptions options = shell("sleep 1000 & sleep 1000 & echo there; read nothing");
  options.in = SpawnOptions::Input::kPipe;
  auto child = Child::spawn(options);
  ASSERT_TRUE(child);
  const Fd out = child->take_stdout().value();
  EXPECT_EQ(read_line(out), "there");
  const GroupUse use = query_group_use(child->pid());
  EXPECT_EQ(use.tasks, 3U);
  EXPECT_GE(count_all_tasks(), use.tasks);
  EXPECT_GT(use.memory_bytes, 0U);
  EXPECT_LT(use.memory_bytes, 100U * 1024 * 1024);
  child->kill_group();
  ASSERT_TRUE(child->wait(10s));
  EXPECT_EQ(read_line(out), "") << "nobody has the other end any more";
}

}  // namespace
}  // namespace hearth::process
