// Tools: anything a program does for itself and its children, and none of what leads out.

#include <cerrno>

#include <asm/ioctls.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <linux/sockios.h>
#include <sys/socket.h>

#include "process/landlock_linux.h"
#include "process/seccomp_rule_list_linux.h"
#include "process/seccomp_rules_linux.h"

namespace hearth::process {

namespace {

constexpr const char* kOtherProcesses[] = {
    "ptrace", "process_vm_readv", "process_vm_writev", "process_madvise", "process_mrelease",
    "kcmp",   "pidfd_getfd",      "migrate_pages",     "move_pages"};
constexpr const char* kKernel[] = {"bpf",
                                   "perf_event_open",
                                   "userfaultfd",
                                   "io_uring_setup",
                                   "io_uring_enter",
                                   "io_uring_register",
                                   "add_key",
                                   "keyctl",
                                   "request_key",
                                   "init_module",
                                   "finit_module",
                                   "delete_module",
                                   "kexec_load",
                                   "kexec_file_load",
                                   "reboot",
                                   "swapon",
                                   "swapoff",
                                   "syslog",
                                   "acct",
                                   "quotactl",
                                   "quotactl_fd",
                                   "settimeofday",
                                   "clock_settime",
                                   "clock_adjtime",
                                   "adjtimex",
                                   "sethostname",
                                   "setdomainname",
                                   "iopl",
                                   "ioperm",
                                   "modify_ldt",
                                   "vhangup",
                                   "lookup_dcookie",
                                   "fanotify_init",
                                   "nfsservctl",
                                   "personality"};
constexpr const char* kMounts[] = {"mount",         "umount2",          "move_mount", "open_tree",
                                   "fsopen",        "fsmount",          "fsconfig",   "fspick",
                                   "mount_setattr", "pivot_root",       "chroot",     "unshare",
                                   "setns",         "open_by_handle_at"};
// Landlock holds none of these, so files outside could be changed by them.
constexpr const char* kAttributes[] = {
    "chmod",       "fchmod",       "fchmodat",     "fchmodat2",    "chown",     "fchown",
    "lchown",      "fchownat",     "setxattr",     "lsetxattr",    "fsetxattr", "setxattrat",
    "removexattr", "lremovexattr", "fremovexattr", "removexattrat"};
// A program in memory is executed whatever Landlock says.
constexpr const char* kPrograms[] = {"memfd_create", "memfd_secret"};
constexpr const char* kSignalsToOthers[] = {"kill", "tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo",
                                            "pidfd_send_signal"};

constexpr unsigned kNewNamespaces[] = {CLONE_NEWNS,   CLONE_NEWCGROUP, CLONE_NEWUTS, CLONE_NEWIPC,
                                       CLONE_NEWUSER, CLONE_NEWPID,    CLONE_NEWNET};
constexpr scmp_datum_t kFamiliesMax = 64;  // AF_MAX is 46 in Linux 6

void refuse_processes(RuleList& rules, const SandboxPolicy& policy) {
  for (const unsigned flag : kNewNamespaces)
    rules.add("clone", {when(0, flag, flag)});
  if (policy.processes_max > 0) return;
  rules.add("clone", {when(0, CLONE_THREAD, 0)});
  rules.add("fork");
  rules.add("vfork");
}

void refuse_sockets(RuleList& rules, const SandboxPolicy& policy) {
  // A datagram pair can be written to under any other socket's name, and AF_UNIX takes SOCK_RAW
  // for the same thing.
  for (const scmp_datum_t type : {SOCK_DGRAM, SOCK_RAW}) {
    rules.add("socketpair", {when(1, 0xf, type)});
  }
  if (policy.network == SandboxPolicy::Network::kNone) {
    rules.add("socket");
    rules.add("connect");
    rules.add("bind");
    rules.add("listen");
    rules.add("accept");
    rules.add("accept4");
    return;
  }
  for (scmp_datum_t family = 0; family < kFamiliesMax; ++family) {
    if (family != AF_INET && family != AF_INET6) rules.add("socket", {when_int(0, family)});
  }
  for (const scmp_datum_t type : {SOCK_RAW, SOCK_PACKET}) {
    rules.add("socket", {when(1, 0xf, type)});
  }
}

// What newer versions of Landlock hold by themselves.
void refuse_for_older_landlock(RuleList& rules, int landlock_abi) {
  if (landlock_abi < kLandlockTruncate) {
    rules.add("truncate");
    for (const scmp_datum_t mode : {scmp_datum_t{O_RDONLY}, scmp_datum_t{O_ACCMODE}}) {
      rules.add("openat", {when(2, O_TRUNC | O_ACCMODE, O_TRUNC | mode)});
      rules.add("open", {when(1, O_TRUNC | O_ACCMODE, O_TRUNC | mode)});
    }
  }
  if (landlock_abi < kLandlockSignals) {
    rules.add_all(kSignalsToOthers);
    rules.add("tgkill", {{0, SCMP_CMP_NE, kOwnProcess, 0}});
  }
}

}  // namespace

int add_refused_calls(scmp_filter_ctx context, const SandboxPolicy& policy, int landlock_abi) {
  RuleList rules(context, SCMP_ACT_ERRNO(EPERM));
  rules.add_all(kOtherProcesses);
  rules.add_all(kKernel);
  rules.add_all(kMounts);
  rules.add_all(kAttributes);
  rules.add_all(kPrograms);
  refuse_processes(rules, policy);
  refuse_sockets(rules, policy);
  if (policy.group == SandboxPolicy::Group::kStays) {
    rules.add("setsid");
    rules.add("setpgid");
  }
  rules.add("prlimit64", {when_not(0, 0)});
  rules.add_for_each("fcntl", 1, {F_SETOWN, F_SETSIG, F_SETOWN_EX});
  rules.add_for_each("ioctl", 1, {TIOCSTI, TIOCLINUX, FIOSETOWN, SIOCSPGRP});
  refuse_for_older_landlock(rules, landlock_abi);
  if (rules.status() != 0) return rules.status();

  // Their arguments are in memory, where a filter cannot look; the C library falls back to clone
  // and openat.
  RuleList unknown(context, SCMP_ACT_ERRNO(ENOSYS));
  unknown.add("clone3");
  unknown.add("openat2");
  return unknown.status();
}

}  // namespace hearth::process
