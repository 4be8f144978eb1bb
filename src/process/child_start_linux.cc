#include "process/child_start_linux.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/close_range.h>
#include <linux/sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace hearth::process {

namespace {

constexpr int kFirstUnlisted = 3;
constexpr int kExitNotStarted = 127;  // seen by nobody: the pipe says it better

[[noreturn]] void give_up(int pipe, StartStep step, int error_number) noexcept {
  const StartFailure failure = {step, error_number};
  // Less than PIPE_BUF, so whole or not at all; when the parent is gone there is nobody to tell.
  [[maybe_unused]] const ssize_t written = ::write(pipe, &failure, sizeof failure);
  ::_exit(kExitNotStarted);
}

// What the parent ignores would stay ignored, and what it handles must not run in here.
void reset_signal_handlers() noexcept {
  struct sigaction fresh{};
  fresh.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number)
    ::sigaction(number, &fresh, nullptr);
}

void unblock_signals() noexcept {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// The parent may have died before the kernel knew that this should kill us. From a namespace of
// its own a child sees no parent at all; ids of others are 0 there.
int die_with(int parent) noexcept {
  if (::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0) return errno;
  const int now = ::getppid();
  if (now != parent && now != 0) ::_exit(kExitNotStarted);
  return 0;
}

void write_file(const char* path, const char* text) noexcept {
  const int file = ::open(path, O_WRONLY | O_CLOEXEC);
  if (file < 0) return;
  [[maybe_unused]] const ssize_t written = ::write(file, text, ::strlen(text));
  ::close(file);
}

// So that files it may read and write go on being its own. Where the kernel refuses, they are
// somebody's without a name, and nothing else changes.
void name_ids(const StartPlan& plan) noexcept {
  write_file("/proc/self/setgroups", "deny");
  write_file("/proc/self/uid_map", plan.user_map);
  write_file("/proc/self/gid_map", plan.group_map);
}

// Every descriptor from 3 up closes at exec, except those that dup2 puts there afterwards.
void mark_unlisted_descriptors() noexcept {
  if (::syscall(SYS_close_range, kFirstUnlisted, ~0U, CLOSE_RANGE_CLOEXEC) == 0) return;
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  for (rlim_t fd = kFirstUnlisted; fd < limit.rlim_cur; ++fd) {
    ::fcntl(static_cast<int>(fd), F_SETFD, FD_CLOEXEC);
  }
}

int move_up(int descriptor, int first_free) noexcept {
  return ::fcntl(descriptor, F_DUPFD_CLOEXEC, first_free);
}

[[noreturn]] void start_program(const StartPlan& plan) noexcept {
  int pipe = plan.error_pipe;
  const auto check = [&pipe](StartStep step, bool went_well) noexcept {
    if (!went_well) give_up(pipe, step, errno);
  };

  reset_signal_handlers();
  ::setsid();  // a fresh child leads no group, so this cannot fail
  if (plan.parent_to_die_with != 0) errno = die_with(plan.parent_to_die_with);
  check(StartStep::kPrepare, plan.parent_to_die_with == 0 || errno == 0);
  check(StartStep::kPrepare, ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
  errno = disable_core_dumps_raw();
  check(StartStep::kPrepare, errno == 0);
  check(StartStep::kFolder, plan.folder == nullptr || ::chdir(plan.folder) == 0);

  // First all sources out of the way of all targets, so that no dup2 overwrites what a later one
  // needs; and that before the sandbox limits the numbers.
  pipe = move_up(pipe, plan.first_free_descriptor);
  for (std::size_t i = 0; i < plan.redirect_count; ++i) {
    plan.redirects[i].source = move_up(plan.redirects[i].source, plan.first_free_descriptor);
    check(StartStep::kDescriptors, plan.redirects[i].source >= 0);
  }
  if (plan.sandbox != nullptr) errno = plan.sandbox->enter_raw();
  check(StartStep::kSandbox, plan.sandbox == nullptr || errno == 0);
  mark_unlisted_descriptors();
  for (std::size_t i = 0; i < plan.redirect_count; ++i) {
    const Redirect& redirect = plan.redirects[i];
    check(StartStep::kDescriptors, ::dup2(redirect.source, redirect.target) >= 0);
  }
  unblock_signals();
  ::execve(plan.program, plan.arguments, plan.environment);
  give_up(pipe, StartStep::kExecute, errno);
}

constexpr unsigned kApart = CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC;

// Like fork, and with namespaces: root may make them, and others may with a user namespace around
// them, where the system lets them have one. Past the C library, whose word about the child's own
// id is then wrong; nothing asks for it before the exec.
int clone_apart(unsigned flags) noexcept {
  return static_cast<int>(::syscall(SYS_clone, flags | SIGCHLD, nullptr, nullptr, nullptr, 0));
}

// The namespace's own bound; where the kernel has none, process_id_max is null.
void bound_process_ids(const StartPlan& plan) noexcept {
  if (plan.process_id_max == nullptr) return;
  const int file = ::open("/proc/sys/kernel/pid_max", O_WRONLY | O_CLOEXEC);
  if (file < 0) return;  // somebody counts, too
  (void)!::write(file, plan.process_id_max, ::strlen(plan.process_id_max));
  ::close(file);
}

int fork_apart(const StartPlan& plan) noexcept {
  const int pid = clone_apart(kApart);
  if (pid == 0) {
    bound_process_ids(plan);
    start_program(plan);
  }
  if (pid > 0) return pid;
  const int inside = clone_apart(kApart | CLONE_NEWUSER);
  if (inside != 0) return inside;
  name_ids(plan);
  start_program(plan);
}

}  // namespace

Started fork_child(const StartPlan& plan) noexcept {
  Started started;
  if (plan.wants_namespaces) started.pid = fork_apart(plan);
  started.apart = started.pid > 0;
  if (!started.apart) started.pid = ::fork();
  if (started.pid == 0) start_program(plan);
  if (started.pid < 0) {
    started.error_number = errno;
    return started;
  }
  // Nobody else reaps it, so the number is still its own.
  started.pidfd = static_cast<int>(::syscall(SYS_pidfd_open, started.pid, 0));
  if (started.pidfd < 0) {
    started.error_number = errno;
    ::kill(started.pid, SIGKILL);
    ::waitpid(started.pid, nullptr, 0);
  }
  return started;
}

}  // namespace hearth::process
