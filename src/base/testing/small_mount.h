// A file system of so many bytes in a folder, that is gone with the process: for a child of a test.
//
// Threads: REQUIRES: the process has one.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>

#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

namespace hearth::base::testing {

// False where nobody may mount one.
inline bool mount_small(const std::string& folder, std::uint64_t size_bytes) {
  const auto put = [](const char* path, const std::string& text) { std::ofstream(path) << text; };
  const auto user = ::getuid();
  const auto group = ::getgid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) {
    put("/proc/self/setgroups", "deny");
    put("/proc/self/uid_map", "0 " + std::to_string(user) + " 1");
    put("/proc/self/gid_map", "0 " + std::to_string(group) + " 1");
  } else if (::unshare(CLONE_NEWNS) != 0) {
    return false;
  }
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  const std::string size = "size=" + std::to_string(size_bytes);
  return ::mount("none", folder.c_str(), "tmpfs", 0, size.c_str()) == 0;
}

}  // namespace hearth::base::testing
