// What root keeps inside a sandbox: to read and write files that others own, where Landlock lets
// it. Everything else of root's powers goes, also for what is executed later.
//
// Threads: pure system calls for the calling thread.
#pragma once

namespace hearth::process {

// 0 or an errno. Async-signal-safe. Does nothing for a process without capabilities.
int drop_capabilities_raw() noexcept;

}  // namespace hearth::process
