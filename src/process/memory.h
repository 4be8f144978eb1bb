// How much memory a process holds, how much more there is, and how this one gives it back.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace hearth::process {

// Resident bytes; 0 when the process is gone.
std::uint64_t resident_bytes(int pid);
// The same from the text of a process's statm; 0 when it is no such text.
std::uint64_t parse_resident_bytes(std::string_view statm);

// Of its resident bytes those that no file stands for, so that only its end gives them back.
std::uint64_t anonymous_bytes(int pid);
// The same from the text of a process's status; 0 when it is no such text.
std::uint64_t parse_anonymous_bytes(std::string_view status);

// What a new process may take without anything being swapped out: of the machine, within its
// control groups and the limit of address space that it inherits. 0 where the system does not tell.
// `root` is where /proc and /sys stand, for tests.
std::uint64_t available_bytes(const std::string& root = {});

// The share of the last ten seconds in which some program waited for memory; 0 where the system
// does not tell.
double memory_stall(const std::string& root = {});
// The same from the text of /proc/pressure/memory; 0 when it is no such text.
double parse_memory_stall(std::string_view pressure);

// From now on what this process frees in pieces of some size goes back to the system at once,
// instead of leaving holes: for processes whose threads keep and drop much. To be called first.
void return_large_memory();

}  // namespace hearth::process
