// Which system calls: a seccomp filter, compiled before and installed by one system call.
//
// Not here: which calls a profile has (seccomp_rules_linux.h).
//
// Ownership: owns the compiled program.
// Threads: immutable after create().
// Limits: kInstructionsMax instructions, so that installing needs only the stack.
#pragma once

#include <cstddef>
#include <vector>

#include <linux/filter.h>

#include "base/result.h"
#include "process/sandbox_policy.h"

namespace hearth::process {

class SeccompFilter {
 public:
  static constexpr std::size_t kInstructionsMax = 2048;

  SeccompFilter() = default;
  // Without seccomp in the kernel: one that restricts nothing.
  static Result<SeccompFilter> create(const SandboxPolicy& policy, int landlock_abi);

  // 0 or an errno. Async-signal-safe. REQUIRES: no_new_privs is set. Where the rules say "this
  // process", it is the one that calls this.
  int install_raw() const noexcept;
  bool is_available() const { return !program_.empty(); }

 private:
  std::vector<sock_filter> program_;
};

}  // namespace hearth::process
