// Which files, and with newer kernels which TCP ports, signals and abstract sockets: Landlock,
// up to what the running kernel offers, whatever headers this was built with.
//
// Not here: system calls as such (seccomp_linux.h).
//
// Ownership: owns the ruleset's descriptor.
// Threads: immutable after create().
#pragma once

#include <string>

#include "base/fd.h"
#include "base/result.h"
#include "process/sandbox_policy.h"

namespace hearth::process {

// The versions of the kernel's interface that brought what we ask for.
inline constexpr int kLandlockRefer = 2;
inline constexpr int kLandlockTruncate = 3;
inline constexpr int kLandlockTcp = 4;
inline constexpr int kLandlockDeviceIoctl = 5;
inline constexpr int kLandlockSignals = 6;

// 0 where the kernel has no Landlock, or it is switched off.
int landlock_abi();

class Landlock {
 public:
  Landlock() = default;
  // Without Landlock in the kernel: one that restricts nothing.
  static Result<Landlock> create(const SandboxPolicy& policy);

  // 0 or an errno. Async-signal-safe. REQUIRES: no_new_privs is set.
  int restrict_raw() const noexcept;
  int abi() const { return abi_; }
  // "landlock abi 2 (this kernel lacks: truncate, tcp)".
  std::string description() const;

 private:
  int abi_ = 0;
  Fd ruleset_;
};

}  // namespace hearth::process
