// The two profiles of system calls, as rules for libseccomp.
//
// Runner (Exec::kForbidden): a list of what is allowed; everything else answers EPERM.
// Tool (Exec::kAllowed): a list of what is refused; everything else works.
//
// Threads: confined to the caller.
// Errors: 0 or a negative errno, as libseccomp returns them.
#pragma once

#include <cstdint>

#include <seccomp.h>

#include "process/sandbox_policy.h"

namespace hearth::process {

// Stands in a rule for the process that will install the filter; no process has this number
// (PID_MAX_LIMIT is 2^22).
inline constexpr std::uint32_t kOwnProcess = 0x5eaf00d5;

int add_allowed_calls(scmp_filter_ctx context, const SandboxPolicy& policy);
// What Landlock does not hold on this kernel is refused here instead, as far as a filter can.
int add_refused_calls(scmp_filter_ctx context, const SandboxPolicy& policy, int landlock_abi);

}  // namespace hearth::process
