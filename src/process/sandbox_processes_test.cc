// Escapes through other processes and through the kernel; and what has to go on working.

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "base/units.h"
#include "process/testing/attempt.h"
#include "process/testing/sanitizers.h"

namespace hearth::process {
namespace {

using testing::errno_of;
using testing::expect_refused;
using testing::expect_works;
using testing::inside;
using testing::outside;
using testing::Victim;

// Of a user nobody else is, so that its processes can be counted.
constexpr unsigned kUnusedUser = 54321;

class SandboxProcesses : public testing::SandboxTest {
 protected:
  bool is_runner() const { return GetParam() == SandboxPolicy::Exec::kForbidden; }
};
HEARTH_BOTH_PROFILES(SandboxProcesses);

int fork_and_reap() {
  const int pid = ::fork();
  if (pid < 0) return errno;
  if (pid == 0) ::_exit(0);
  return errno_of(::waitpid(pid, nullptr, 0));
}

int execute(const char* program) {
  char* const arguments[] = {const_cast<char*>(program), nullptr};
  char* const environment[] = {nullptr};
  ::execve(program, arguments, environment);
  return errno;
}

TEST_P(SandboxProcesses, ThreadsWork) {
  expect_works(policy_, "compute on eight threads", [] {
    std::atomic<int> sum = 0;
    std::vector<std::thread> threads;
    for (int i = 1; i <= 8; ++i)
      threads.emplace_back([&sum, i] { sum += i; });
    for (auto& thread : threads)
      thread.join();
    return sum == 36 ? 0 : EIO;
  });
}

TEST_P(SandboxProcesses, ExceptionsAllocationAndClocksWork) {
  expect_works(policy_, "throw, allocate, sleep", [] {
    std::vector<char> large(64 * base::kMiB, 'x');
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    try {
      throw std::runtime_error("thrown");
    } catch (const std::runtime_error&) {
      return large.back() == 'x' ? 0 : EIO;
    }
  });
}

TEST_P(SandboxProcesses, CoresCanBeChosen) {
  expect_works(policy_, "set a thread's affinity", [] {
    cpu_set_t cores;
    const int error = ::pthread_getaffinity_np(::pthread_self(), sizeof cores, &cores);
    return error != 0 ? error : ::pthread_setaffinity_np(::pthread_self(), sizeof cores, &cores);
  });
}

TEST_P(SandboxProcesses, AbortIsStillAnAbort) {
  const auto aborts = [] {
    ::signal(SIGABRT, SIG_DFL);
    ::abort();
    return 0;
  };
  EXPECT_EQ(inside(policy_, aborts), (ExitStatus{0, SIGABRT}));
}

TEST_P(SandboxProcesses, ForkingIsRefusedByEveryName) {
  expect_refused(policy_, "fork", fork_and_reap);
  const auto with_clone3 = [] {
    clone_args arguments{};
    arguments.exit_signal = SIGCHLD;
    const long pid = ::syscall(SYS_clone3, &arguments, sizeof arguments);
    if (pid == 0) ::_exit(0);
    return errno_of(pid);
  };
  EXPECT_EQ(outside(with_clone3), testing::kWorks);
  EXPECT_EQ(inside(policy_, with_clone3), (ExitStatus{ENOSYS, 0}));
}

TEST_P(SandboxProcesses, ForkingGoesOnlyToTheLimit) {
  policy_.processes_max = 3;
  const auto count_forks = [&](bool held) {
    return [this, held] {
      // A user of this attempt alone: what another one started is ending beside it.
      const auto user = kUnusedUser + static_cast<unsigned>(::getpid());
      if (::getuid() == 0 && ::setresuid(user, user, user) != 0) return 200;
      // Prepared by the user whose processes count.
      const auto sandbox = Sandbox::prepare(policy_);
      if (!sandbox || (held && !sandbox->enter())) return testing::kSandboxFailed;
      int ends[2];
      if (::pipe(ends) != 0) return testing::kSandboxFailed;
      int count = 0;
      for (int pid = 0; count < 20 && (pid = ::fork()) >= 0; ++count) {
        if (pid > 0) continue;
        char byte = 0;
        ::close(ends[1]);
        ::_exit(static_cast<int>(::read(ends[0], &byte, 1)));  // when the parent has ended
      }
      return count;
    };
  };
  EXPECT_EQ(outside(count_forks(false)), (ExitStatus{20, 0}));
  const ExitStatus held = outside(count_forks(true));
  EXPECT_GE(held.code, 1) << held.to_string();
  EXPECT_LE(held.code, ::getuid() == 0 ? 3 : 19) << held.to_string();
}

TEST_P(SandboxProcesses, OtherProgramsAreNotExecuted) {
  expect_refused(policy_, "execute a program outside", [] { return execute("/bin/true"); });
  expect_refused(policy_, "execute a program from memory", [] {
    const int fd = static_cast<int>(::syscall(SYS_memfd_create, "x", 0U));
    if (fd < 0) return errno;
    const int source = ::open("/bin/true", O_RDONLY);
    char buffer[65536];
    for (ssize_t count; (count = ::read(source, buffer, sizeof buffer)) > 0;) {
      if (::write(fd, buffer, static_cast<std::size_t>(count)) < 0) return errno;
    }
    return execute(("/proc/self/fd/" + std::to_string(fd)).c_str());
  });
}

TEST_P(SandboxProcesses, TheRunnerCannotMakeMemoryExecutable) {
  const auto map_code = [] {
    void* page = ::mmap(nullptr, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return errno_of(::mprotect(page, 4096, PROT_READ | PROT_EXEC));
  };
  if (is_runner()) {
    expect_refused(policy_, "make memory executable", map_code);
  } else {
    expect_works(policy_, "make memory executable", map_code);
  }
}

TEST_P(SandboxProcesses, NobodyElseGetsASignal) {
  const Victim victim;
  const int pid = victim.pid();
  expect_refused(policy_, "kill", [=] { return errno_of(::kill(pid, SIGUSR1)); });
  expect_refused(policy_, "signal the parent",
                 [] { return errno_of(::kill(::getppid(), SIGCONT)); });
  expect_refused(policy_, "tgkill",
                 [=] { return errno_of(::syscall(SYS_tgkill, pid, pid, SIGUSR1)); });
  expect_refused(policy_, "pidfd_send_signal", [=] {
    const long pidfd = ::syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) return errno;
    return errno_of(::syscall(SYS_pidfd_send_signal, pidfd, SIGUSR1, nullptr, 0));
  });
  expect_refused(policy_, "let the kernel signal another about input", [=] {
    int ends[2];
    if (::pipe(ends) != 0) return errno;
    return errno_of(::fcntl(ends[0], F_SETOWN, pid));
  });
}

TEST_P(SandboxProcesses, NobodyElseCanBeTracedOrRead) {
  const Victim victim;
  const int pid = victim.pid();
  expect_refused(policy_, "ptrace", [=] { return errno_of(::ptrace(PTRACE_SEIZE, pid, 0, 0)); });
  static int value = 42;  // at the same address in the victim
  expect_refused(policy_, "process_vm_readv", [=] {
    int copy = 0;
    iovec ours = {&copy, sizeof copy};
    iovec theirs = {&value, sizeof value};
    return errno_of(::process_vm_readv(pid, &ours, 1, &theirs, 1, 0));
  });
  expect_refused(policy_, "open the memory in /proc", [=] {
    return testing::open_and_close("/proc/" + std::to_string(pid) + "/mem", O_RDWR);
  });
  expect_refused(policy_, "take a descriptor", [=] {
    const long pidfd = ::syscall(SYS_pidfd_open, pid, 0);
    if (pidfd < 0) return errno;
    return errno_of(::syscall(SYS_pidfd_getfd, pidfd, 0, 0));
  });
  if (is_runner()) {
    expect_refused(policy_, "change another's limits", [=] {
      rlimit limit{};
      return errno_of(::prlimit(pid, RLIMIT_NOFILE, nullptr, &limit));
    });
  }
}

TEST_P(SandboxProcesses, NamespacesAndMountsAreRefused) {
  const auto make_namespace = [] { return errno_of(::unshare(CLONE_NEWUSER)); };
  if (outside(make_namespace) != testing::kWorks) GTEST_SKIP() << "this system forbids it to all";
  expect_refused(policy_, "make a user namespace", make_namespace);
  const auto mount_something = [&] {
    if (::unshare(::getuid() == 0 ? CLONE_NEWNS : CLONE_NEWUSER | CLONE_NEWNS) != 0) return errno;
    ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
    return errno_of(::mount("none", (root_ + "/write").c_str(), "tmpfs", 0, nullptr));
  };
  expect_refused(policy_, "mount", mount_something);
  policy_.processes_max = 5;
  expect_refused(policy_, "clone into a user namespace", [] {
    const long pid = ::syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, nullptr, nullptr, nullptr, 0);
    if (pid == 0) ::_exit(0);
    return errno_of(pid);
  });
}

TEST_P(SandboxProcesses, DangerousDoorsOfTheKernelAreClosed) {
  // With arguments that make no sense, so that outside they fail in another way.
  const std::vector<std::pair<const char*, long>> doors = {
      {"bpf", SYS_bpf},
      {"perf_event_open", SYS_perf_event_open},
      {"io_uring_setup", SYS_io_uring_setup},
      {"io_uring_enter", SYS_io_uring_enter},
      {"userfaultfd", SYS_userfaultfd},
      {"keyctl", SYS_keyctl},
      {"add_key", SYS_add_key},
      {"open_by_handle_at", SYS_open_by_handle_at},
      {"setns", SYS_setns},
      {"chroot", SYS_chroot},
      {"pivot_root", SYS_pivot_root},
      {"kexec_load", SYS_kexec_load},
      {"finit_module", SYS_finit_module},
      {"kcmp", SYS_kcmp},
      {"personality", SYS_personality},
  };
  for (const auto& [name, number] : doors) {
    const auto knock = [number = number] {
      return errno_of(::syscall(number, -1L, -1L, -1L, -1L, -1L, -1L));
    };
    EXPECT_EQ(inside(policy_, knock), (ExitStatus{EPERM, 0})) << name;
    if (::getuid() == 0) {
      EXPECT_NE(outside(knock), (ExitStatus{EPERM, 0})) << name;
    }
  }
}

TEST_P(SandboxProcesses, NothingIsTypedIntoATerminal) {
  for (const unsigned long high_bits : {0UL, 1UL << 32}) {
    const auto type = [=] {
      // The kernel looks at the lower half of the command only.
      return errno_of(::syscall(SYS_ioctl, STDIN_FILENO, TIOCSTI | high_bits, "x"));
    };
    EXPECT_EQ(inside(policy_, type), (ExitStatus{EPERM, 0}));
  }
}

TEST_P(SandboxProcesses, RootIsNoLongerRoot) {
  if (::getuid() != 0) GTEST_SKIP() << "needs root";
  expect_refused(policy_, "become another user",
                 [] { return errno_of(::syscall(SYS_setuid, kUnusedUser)); });
  expect_refused(policy_, "take priority",
                 [] { return errno_of(::setpriority(PRIO_PROCESS, 0, -20)); });
}

TEST_P(SandboxProcesses, MemoryGoesOnlyToTheLimit) {
  if (testing::kAddressSanitizer || testing::kThreadSanitizer) {
    GTEST_SKIP() << "a sanitizer reserves terabytes of addresses";
  }
  policy_.memory_bytes_max = base::kGiB;
  const auto map_much = [] {
    void* memory = ::mmap(nullptr, 2 * base::kGiB, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return memory == MAP_FAILED ? errno : 0;
  };
  EXPECT_EQ(outside(map_much), testing::kWorks);
  EXPECT_EQ(inside(policy_, map_much), (ExitStatus{ENOMEM, 0}));
}

TEST_P(SandboxProcesses, ComputingGoesOnlyToTheLimit) {
  policy_.cpu_seconds_max = 1;
  const auto compute = [] {
    // The kernel samples at its ticks what a process uses, and on a busy machine sees less of it.
    constexpr int kSeconds = 20;
    rusage used{};
    while (used.ru_utime.tv_sec + used.ru_stime.tv_sec < kSeconds)
      ::getrusage(RUSAGE_SELF, &used);
    return 0;
  };
  EXPECT_EQ(inside(policy_, compute), (ExitStatus{0, SIGXCPU}));
}

}  // namespace
}  // namespace hearth::process
