#include <cerrno>

#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "process/sandbox.h"

namespace hearth::process {

namespace {

#ifdef HEARTH_SANITIZER_THREAD  // it runs a thread of its own in every process
constexpr nlink_t kThreads = 2;
#else
constexpr nlink_t kThreads = 1;
#endif

// A folder has two links of its own and one per folder in it, and here those are threads. Where
// /proc is not mounted nobody can tell, and the caller is trusted.
bool has_other_threads() {
  struct stat tasks{};
  if (::stat("/proc/self/task", &tasks) != 0) return false;
  return tasks.st_nlink > 2 + kThreads;
}

bool root_escapes_process_limit(const SandboxPolicy& policy) {
  return policy.processes_max > 0 && ::getuid() == 0;
}

}  // namespace

Result<Sandbox> Sandbox::prepare(const SandboxPolicy& policy) {
  Sandbox sandbox;
  sandbox.exec_ = policy.exec;
  sandbox.landlock_ = HEARTH_TRY(Landlock::create(policy));
  sandbox.filter_ = HEARTH_TRY(SeccompFilter::create(policy, sandbox.landlock_.abi()));
  sandbox.limits_ = limits_of(policy);

  const bool allow_list = policy.exec == SandboxPolicy::Exec::kForbidden;
  sandbox.description_ = sandbox.landlock_.description();
  if (!sandbox.filter_.is_available()) {
    sandbox.description_ += ", no seccomp (system calls are not held)";
  } else {
    sandbox.description_ += allow_list ? ", seccomp allow list" : ", seccomp deny list";
  }
  sandbox.description_ += ", rlimits";
  if (root_escapes_process_limit(policy)) {
    sandbox.description_ += " (not on the number of processes, since this is root)";
  }
  sandbox.complete_ = sandbox.filter_.is_available() &&
                      sandbox.landlock_.abi() >= kLandlockSignals &&
                      !root_escapes_process_limit(policy);
  return sandbox;
}

bool Sandbox::holds_files_and_calls() const {
  return landlock_.abi() > 0 && filter_.is_available();
}

Result<void> Sandbox::enter() const {
  if (has_other_threads()) {
    return fail(Code::kInternal,
                "a sandbox must be entered before threads are started, and some run already");
  }
  const int error = enter_raw();
  if (error != 0) return fail(base::errno_error(error, "cannot enter the sandbox", description_));
  return {};
}

int Sandbox::enter_raw() const noexcept {
  if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return errno;
  if (const int error = apply_limits_raw(limits_.data(), limits_.size()); error != 0) return error;
  if (const int error = drop_capabilities_raw(); error != 0) return error;
  if (const int error = landlock_.restrict_raw(); error != 0) return error;
  return filter_.install_raw();
}

}  // namespace hearth::process
