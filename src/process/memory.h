// How much memory a process holds, and how this one gives it back.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth::process {

// Resident bytes; 0 when the process is gone.
std::uint64_t resident_bytes(int pid);
// The same from the text of a process's statm; 0 when it is no such text.
std::uint64_t parse_resident_bytes(std::string_view statm);

// From now on what this process frees in pieces of some size goes back to the system at once,
// instead of leaving holes: for processes whose threads keep and drop much. To be called first.
void return_large_memory();

}  // namespace hearth::process
