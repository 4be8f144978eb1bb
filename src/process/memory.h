// How much memory another process holds.
#pragma once

#include <cstdint>

namespace hearth::process {

// Resident bytes; 0 when the process is gone.
std::uint64_t resident_bytes(int pid);

}  // namespace hearth::process
