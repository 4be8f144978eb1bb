// A process gives up its rights: files by Landlock, system calls by seccomp, amounts by rlimits,
// root's powers by capabilities. design.md says what holds what, and what is not held.
//
// Everything is prepared before; entering only makes system calls. So there are two ways in:
//   - a program enters by itself, before it starts threads and before it opens what it distrusts
//     (hearth-runner): enter();
//   - spawn() puts a program in between fork and exec (tools): SpawnOptions::sandbox. That takes
//     Exec::kAllowed, since the program itself has to be executed.
// There is no way out, and rights can only shrink further.
//
// Ownership: owns the ruleset's descriptor and the filter; entering does not use it up.
// Threads: immutable.
// Errors: prepare() fails on a path that is absent or of the wrong kind. A kernel that lacks a
//   feature is no error: the rest applies, and description() names what lacks.
#pragma once

#include <string>
#include <vector>

#include "base/fd.h"
#include "base/result.h"
#include "process/capabilities_linux.h"
#include "process/landlock_linux.h"
#include "process/limits_linux.h"
#include "process/sandbox_policy.h"
#include "process/seccomp_linux.h"

namespace hearth::process {

class Sandbox {
 public:
  static Result<Sandbox> prepare(const SandboxPolicy& policy);

  // For this process. REQUIRES: no other thread runs yet; an Error otherwise, because Landlock
  // would hold only the caller.
  Result<void> enter() const;
  // 0 or an errno. Async-signal-safe: for a child between fork and exec. After an error the
  // process is partly held; end it.
  int enter_raw() const noexcept;

  // "landlock abi 7, seccomp allow list, rlimits", or what lacks; one line for logs.
  const std::string& description() const { return description_; }
  // Whether this kernel has Landlock and seccomp at all: without them files and calls are free.
  bool holds_files_and_calls() const;
  // Whether every layer is in force on this kernel.
  bool is_complete() const { return complete_; }
  SandboxPolicy::Exec exec() const { return exec_; }

 private:
  Sandbox() = default;

  SandboxPolicy::Exec exec_ = SandboxPolicy::Exec::kForbidden;
  Landlock landlock_;
  SeccompFilter filter_;
  std::vector<ResourceLimit> limits_;
  std::string description_;
  bool complete_ = false;
};

}  // namespace hearth::process
