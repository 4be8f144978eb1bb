// What a held process may still do. Everything not named here is refused.
//
// Not here: how the kernel is told (sandbox.h and the files it is made of).
//
// Threads: a value.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::process {

inline constexpr std::uint32_t kOpenFilesDefault = 256;

struct SandboxPolicy {
  // kNone: no socket can be made, bound, connected or accepted; descriptors that are already open
  // keep working. kAllowed: TCP and UDP, but never a Unix socket of somebody else, raw or packet.
  enum class Network : std::uint8_t { kNone, kAllowed };
  // kForbidden is an allow list of system calls, made for the runner: computing, threads, memory,
  // files, the descriptors it holds. kAllowed is a list of refused calls, made for tools.
  enum class Exec : std::uint8_t { kForbidden, kAllowed };
  // kStays: it and its descendants cannot leave the process group they are in, so that
  // Child::kill_group() ends every one of them. The runner cannot in any case.
  enum class Group : std::uint8_t { kMayLeave, kStays };

  // Files or folders that may be read, and executed where exec is kAllowed.
  std::vector<std::string> read_paths;
  // Folders that may be read and written. To execute what was written, name it in both lists.
  std::vector<std::string> write_paths;
  // Devices of a GPU: read, write, every ioctl. With one of them, memory may also be made
  // executable, because drivers compile. /dev/null, zero, random and urandom need no mention.
  std::vector<std::string> device_paths;
  Network network = Network::kNone;
  Exec exec = Exec::kForbidden;
  Group group = Group::kMayLeave;
  // Further processes. 0 holds for everybody (no fork at all; threads are free). Above 0 it is
  // RLIMIT_NPROC: it counts threads as well, relative to what this user runs at prepare(), and
  // the kernel does not apply it to root. description() says so where that is the case.
  std::uint32_t processes_max = 0;
  std::uint64_t memory_bytes_max = 0;                // of address space, 0: unlimited
  std::uint64_t file_bytes_max = 0;                  // of each file written, 0: unlimited
  std::uint32_t cpu_seconds_max = 0;                 // of all threads together, 0: unlimited
  std::uint32_t open_files_max = kOpenFilesDefault;  // 0: as it is
};

}  // namespace hearth::process
