// The runner: what computing on an open model needs, and nothing that reaches anybody else.

#include <cerrno>

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "process/seccomp_rule_list_linux.h"
#include "process/seccomp_rules_linux.h"

namespace hearth::process {

namespace {

constexpr const char* kMemory[] = {"munmap",  "mremap",     "madvise", "brk",
                                   "msync",   "mlock",      "mlock2",  "munlock",
                                   "mincore", "membarrier", "mbind",   "get_mempolicy"};
constexpr const char* kThreads[] = {"futex",
                                    "futex_waitv",
                                    "set_robust_list",
                                    "rseq",
                                    "set_tid_address",
                                    "gettid",
                                    "sched_yield",
                                    "sched_getaffinity",
                                    "getcpu",
                                    "sched_setaffinity",
                                    "sched_getparam",
                                    "sched_getscheduler",
                                    "sched_get_priority_max",
                                    "sched_get_priority_min",
                                    "exit",
                                    "exit_group"};
constexpr const char* kSignals[] = {"rt_sigaction",  "rt_sigprocmask",  "rt_sigreturn",
                                    "rt_sigpending", "rt_sigtimedwait", "rt_sigsuspend",
                                    "sigaltstack",   "signalfd4",       "restart_syscall"};
constexpr const char* kTime[] = {
    "clock_gettime", "clock_getres", "clock_nanosleep", "nanosleep",       "gettimeofday",   "time",
    "times",         "getrusage",    "timerfd_create",  "timerfd_settime", "timerfd_gettime"};
constexpr const char* kAboutItself[] = {"getpid",    "getppid",   "getuid", "geteuid",
                                        "getgid",    "getegid",   "uname",  "sysinfo",
                                        "getrlimit", "getrandom", "capget", "getpgrp"};
// With paths: Landlock decides which. Without chmod, chown, times and attributes, which Landlock
// does not hold; without truncate by path, which older versions of it do not hold.
constexpr const char* kFiles[] = {"openat",
                                  "open",
                                  "creat",
                                  "close",
                                  "close_range",
                                  "read",
                                  "write",
                                  "readv",
                                  "writev",
                                  "pread64",
                                  "pwrite64",
                                  "preadv",
                                  "pwritev",
                                  "preadv2",
                                  "pwritev2",
                                  "lseek",
                                  "dup",
                                  "dup2",
                                  "dup3",
                                  "fstat",
                                  "newfstatat",
                                  "stat",
                                  "lstat",
                                  "statx",
                                  "fstatfs",
                                  "statfs",
                                  "access",
                                  "faccessat",
                                  "faccessat2",
                                  "readlink",
                                  "readlinkat",
                                  "getcwd",
                                  "getdents64",
                                  "mkdir",
                                  "mkdirat",
                                  "rmdir",
                                  "unlink",
                                  "unlinkat",
                                  "rename",
                                  "renameat",
                                  "renameat2",
                                  "ftruncate",
                                  "fallocate",
                                  "fsync",
                                  "fdatasync",
                                  "sync_file_range",
                                  "fadvise64",
                                  "readahead",
                                  "flock",
                                  "sendfile",
                                  "copy_file_range",
                                  "umask"};
constexpr const char* kDescriptors[] = {
    "poll",          "ppoll",     "select",     "pselect6",    "epoll_create",
    "epoll_create1", "epoll_ctl", "epoll_wait", "epoll_pwait", "epoll_pwait2",
    "eventfd2",      "pipe",      "pipe2",      "sendmsg",     "recvmsg",
    "recvfrom",      "shutdown",  "getsockopt", "getsockname", "getpeername"};
constexpr const char* kNetwork[] = {"connect", "bind",     "listen",   "accept",    "accept4",
                                    "sendto",  "sendmmsg", "recvmmsg", "setsockopt"};
constexpr const char* kProcesses[] = {"fork", "vfork", "wait4", "waitid"};

constexpr scmp_datum_t kNewNamespaces = CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS |
                                        CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET;
constexpr scmp_datum_t kAskTileRegisters = 0x1022;      // ARCH_GET_XCOMP_PERM
constexpr scmp_datum_t kRequestTileRegisters = 0x1023;  // ARCH_REQ_XCOMP_PERM, for AMX
constexpr scmp_datum_t kNameMemory = 0x53564d41;        // PR_SET_VMA

// A name in the file system is truncated only through a descriptor opened for writing: reading
// and truncating at once is a hole in Landlock before version 3.
void add_truncation(RuleList& rules, const char* call, unsigned flags) {
  rules.add(call, {when(flags, O_TRUNC, 0)});
  rules.add(call, {when(flags, O_TRUNC | O_ACCMODE, O_TRUNC | O_WRONLY)});
  rules.add(call, {when(flags, O_TRUNC | O_ACCMODE, O_TRUNC | O_RDWR)});
}

void add_memory(RuleList& rules, const SandboxPolicy& policy) {
  rules.add_all(kMemory);
  for (const char* call : {"mmap", "mprotect"}) {
    if (policy.device_paths.empty()) {
      rules.add(call, {when(2, PROT_EXEC, 0)});
    } else {
      rules.add(call);
    }
  }
}

void add_threads_and_processes(RuleList& rules, const SandboxPolicy& policy) {
  rules.add_all(kThreads);
  rules.add_all(kSignals);
  rules.add("tgkill", {when_int(0, kOwnProcess)});  // raise() and abort()
  rules.add("kill", {when_int(0, kOwnProcess)});
  if (policy.processes_max > 0) {
    rules.add("clone", {when(0, kNewNamespaces, 0)});
    rules.add_all(kProcesses);
  } else {
    rules.add("clone", {when(0, kNewNamespaces | CLONE_THREAD, CLONE_THREAD)});
  }
}

void add_about_itself(RuleList& rules) {
  rules.add_all(kTime);
  rules.add_all(kAboutItself);
  rules.add("prlimit64", {when_int(0, 0), when_null(2)});  // asking only, about itself only
  rules.add_for_each("prctl", 0,
                     {PR_SET_NAME, PR_GET_NAME, PR_GET_DUMPABLE, PR_SET_DUMPABLE,
                      PR_SET_THP_DISABLE, PR_GET_NO_NEW_PRIVS, kNameMemory});
  rules.add_for_each("arch_prctl", 0, {kAskTileRegisters, kRequestTileRegisters});
}

void add_descriptors(RuleList& rules, const SandboxPolicy& policy) {
  rules.add_all(kDescriptors);
  // Without F_SETOWN and F_SETSIG, by which the kernel sends a signal to anybody.
  rules.add_for_each("fcntl", 1,
                     {F_DUPFD, F_DUPFD_CLOEXEC, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK,
                      F_SETLK, F_SETLKW, F_GETPIPE_SZ, F_SETPIPE_SZ});
  if (policy.device_paths.empty()) {
    rules.add_for_each("ioctl", 1, {TCGETS, FIONREAD, FIONBIO, FIOCLEX, FIONCLEX});
  } else {
    rules.add("ioctl");
  }
}

void add_sockets(RuleList& rules, const SandboxPolicy& policy) {
  if (policy.network == SandboxPolicy::Network::kAllowed) {
    rules.add_all(kNetwork);
    for (const scmp_datum_t type : {SOCK_STREAM, SOCK_DGRAM}) {
      rules.add("socket", {when_int(0, AF_INET), when(1, 0xf, type)});
      rules.add("socket", {when_int(0, AF_INET6), when(1, 0xf, type)});
    }
    return;
  }
  // send() on a socket that is connected already.
  rules.add("sendto", {when_null(4)});
  for (const scmp_datum_t option : {SO_SNDBUF, SO_RCVBUF, SO_SNDTIMEO, SO_RCVTIMEO}) {
    rules.add("setsockopt", {when_int(1, SOL_SOCKET), when_int(2, option)});
  }
}

}  // namespace

int add_allowed_calls(scmp_filter_ctx context, const SandboxPolicy& policy) {
  RuleList rules(context, SCMP_ACT_ALLOW);
  add_memory(rules, policy);
  add_threads_and_processes(rules, policy);
  add_about_itself(rules);
  for (const char* call : kFiles) {
    const std::string_view name = call;
    if (name == "openat") {
      add_truncation(rules, call, 2);
    } else if (name == "open") {
      add_truncation(rules, call, 1);
    } else {
      rules.add(call);
    }
  }
  add_descriptors(rules, policy);
  add_sockets(rules, policy);
  if (rules.status() != 0) return rules.status();

  // Its flags are in memory, where a filter cannot look; the C library then falls back to clone
  // and openat.
  RuleList unknown(context, SCMP_ACT_ERRNO(ENOSYS));
  unknown.add("clone3");
  unknown.add("openat2");
  return unknown.status();
}

}  // namespace hearth::process
