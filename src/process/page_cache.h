// Files that will be needed soon, read into the system's page cache before they are.
//
// Threads: thread-safe; reading takes as long as a disk does and is for a thread of its own.
#pragma once

#include <cstdint>
#include <string>

#include "base/cancellation.h"
#include "base/result.h"

namespace hearth::process {

// From now on this thread has processors and disks when nobody else wants them.
void yield_to_everybody();
// Reads the first bytes of a file, at most so many, and says how many they were; fewer when it was
// cancelled.
Result<std::uint64_t> read_ahead(const std::string& path, std::uint64_t bytes_max,
                                 const base::CancelToken& cancel);
// Bytes of a file that are in the page cache; 0 where the system does not tell.
std::uint64_t cached_bytes(const std::string& path);

}  // namespace hearth::process
