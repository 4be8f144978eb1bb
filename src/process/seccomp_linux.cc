#include "process/seccomp_linux.h"

#include <algorithm>
#include <cerrno>
#include <memory>

#include <linux/seccomp.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "process/seccomp_rules_linux.h"

namespace hearth::process {

namespace {

using Context = std::unique_ptr<void, decltype(&seccomp_release)>;

bool kernel_has_seccomp() {
  const std::uint32_t action = SECCOMP_RET_ERRNO;
  return ::syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0;
}

Error compile_error(int negative_errno) {
  return base::errno_error(-negative_errno, "cannot compile a seccomp filter");
}

// libseccomp writes programs into files only, so this one lives in memory.
Result<std::vector<sock_filter>> compiled(scmp_filter_ctx context) {
  const Fd file(::memfd_create("hearth-seccomp", MFD_CLOEXEC));
  if (!file) return fail(base::errno_error(errno, "cannot create a file in memory"));
  const int status = seccomp_export_bpf(context, file.get());
  if (status != 0) return fail(compile_error(status));
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  const std::size_t count = size < 0 ? 0 : static_cast<std::size_t>(size) / sizeof(sock_filter);
  HEARTH_ASSERT(count > 0 && count <= SeccompFilter::kInstructionsMax);
  std::vector<sock_filter> program(count);
  if (::pread(file.get(), program.data(), static_cast<std::size_t>(size), 0) != size) {
    return fail(base::errno_error(EIO, "cannot read a compiled seccomp filter"));
  }
  return program;
}

bool names_own_process(const sock_filter& instruction) {
  return BPF_CLASS(instruction.code) == BPF_JMP && instruction.k == kOwnProcess;
}

}  // namespace

Result<SeccompFilter> SeccompFilter::create(const SandboxPolicy& policy, int landlock_abi) {
  SeccompFilter filter;
  if (!kernel_has_seccomp()) return filter;
  const bool allow_list = policy.exec == SandboxPolicy::Exec::kForbidden;
  const Context context(seccomp_init(allow_list ? SCMP_ACT_ERRNO(EPERM) : SCMP_ACT_ALLOW),
                        &seccomp_release);
  if (!context) return fail(Code::kOutOfMemory, "cannot prepare a seccomp filter");
  // As a binary tree, since the runner makes thousands of calls a second.
  seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, 2);
  const int status = allow_list ? add_allowed_calls(context.get(), policy)
                                : add_refused_calls(context.get(), policy, landlock_abi);
  if (status != 0) return fail(compile_error(status));
  filter.program_ = HEARTH_TRY(compiled(context.get()));
  HEARTH_ASSERT(!allow_list ||
                std::any_of(filter.program_.begin(), filter.program_.end(), names_own_process));
  return filter;
}

int SeccompFilter::install_raw() const noexcept {
  if (program_.empty()) return 0;
  sock_filter program[kInstructionsMax];
  std::copy(program_.begin(), program_.end(), program);
  const auto own_process = static_cast<std::uint32_t>(::getpid());
  for (std::size_t i = 0; i < program_.size(); ++i) {
    if (names_own_process(program[i])) program[i].k = own_process;
  }
  const sock_fprog whole = {static_cast<unsigned short>(program_.size()), program};
  // Kernels before 5.16 would slow all computing down against a side channel (Spectre 4) that
  // tells a process only what it can read anyway; newer ones do not, so neither do we.
  return ::syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW, &whole) ==
                 0
             ? 0
             : errno;
}

}  // namespace hearth::process
