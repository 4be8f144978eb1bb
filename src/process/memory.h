// How much memory another process holds.
#pragma once

#include <cstdint>
#include <string_view>

namespace hearth::process {

// Resident bytes; 0 when the process is gone.
std::uint64_t resident_bytes(int pid);
// The same from the text of a process's statm; 0 when it is no such text.
std::uint64_t parse_resident_bytes(std::string_view statm);

}  // namespace hearth::process
