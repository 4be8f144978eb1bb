// Amounts: memory, processes, files, CPU time, and no core dumps. As rlimits, which children
// inherit and nobody inside can raise.
//
// Threads: pure; apply is one system call per limit, for the whole process.
#pragma once

#include <vector>

#include <sys/resource.h>

#include "process/sandbox_policy.h"

namespace hearth::process {

struct ResourceLimit {
  int resource = 0;
  rlim_t soft = 0;
  rlim_t hard = 0;
};

// What the policy asks for, never above what this process may have itself.
std::vector<ResourceLimit> limits_of(const SandboxPolicy& policy);
// 0 or an errno. Async-signal-safe.
int apply_limits_raw(const ResourceLimit* limits, std::size_t count) noexcept;
// No core dumps, neither to a file nor to a crash reporter. 0 or an errno. Async-signal-safe.
int disable_core_dumps_raw() noexcept;

}  // namespace hearth::process
