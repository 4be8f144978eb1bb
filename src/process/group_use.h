// What a process group holds together: for whoever has to stop one that grows without end, also
// where the kernel's own limits do not bind (design.md).
//
// Threads: pure system calls; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>

namespace hearth::process {

struct GroupUse {
  std::size_t tasks = 0;           // processes and their threads
  std::uint64_t memory_bytes = 0;  // in memory and of nobody else's files; what a fork shares is
                                   // counted for each
};

// Looks at every process of the system: some 2 ms where there are 300. Processes that begin or end
// meanwhile may be missed.
GroupUse query_group_use(int group);

// How many tasks the whole system has; cheap, to see that something grows.
std::size_t count_all_tasks();

}  // namespace hearth::process
