#include "process/limits_linux.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include <sys/stat.h>
#include <unistd.h>

namespace hearth::process {

namespace {

// A crash reporter behind a pipe in core_pattern is called whatever the limit is, except at
// exactly 1, which the kernel reserves for "not this one". As a file size 1 is no dump either.
constexpr rlim_t kNoCoreDump = 1;
// Between SIGXCPU and SIGKILL.
constexpr rlim_t kCpuGraceSeconds = 1;

rlim_t allowed(int resource, rlim_t wanted) noexcept {
  rlimit now{};
  if (::getrlimit(static_cast<__rlimit_resource_t>(resource), &now) != 0) return wanted;
  return std::min(wanted, now.rlim_max);
}

// The tasks of this user, since that is what RLIMIT_NPROC counts.
rlim_t tasks_of_this_user() {
  rlim_t count = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry("/proc", error), end; !error && entry != end;
       entry.increment(error)) {
    const std::string& path = entry->path().native();
    if (path.find_first_not_of("0123456789", sizeof "/proc/" - 1) != std::string::npos) continue;
    struct stat process{};
    struct stat tasks{};
    if (::stat(path.c_str(), &process) != 0 || process.st_uid != ::getuid()) continue;
    if (::stat((path + "/task").c_str(), &tasks) != 0) continue;
    count += tasks.st_nlink - 2;  // a folder's own two links beside one per thread
  }
  return count;
}

}  // namespace

std::vector<ResourceLimit> limits_of(const SandboxPolicy& policy) {
  std::vector<ResourceLimit> limits;
  const auto add = [&limits](int resource, rlim_t soft, rlim_t hard) {
    limits.push_back({resource, allowed(resource, soft), allowed(resource, hard)});
  };
  if (policy.memory_bytes_max > 0) {
    add(RLIMIT_AS, policy.memory_bytes_max, policy.memory_bytes_max);
  }
  if (policy.file_bytes_max > 0) add(RLIMIT_FSIZE, policy.file_bytes_max, policy.file_bytes_max);
  if (policy.cpu_seconds_max > 0) {
    add(RLIMIT_CPU, policy.cpu_seconds_max, policy.cpu_seconds_max + kCpuGraceSeconds);
  }
  if (policy.open_files_max > 0) add(RLIMIT_NOFILE, policy.open_files_max, policy.open_files_max);
  if (policy.processes_max > 0) {
    const rlim_t tasks = tasks_of_this_user() + policy.processes_max;
    add(RLIMIT_NPROC, tasks, tasks);
  }
  return limits;
}

int apply_limits_raw(const ResourceLimit* limits, std::size_t count) noexcept {
  for (const ResourceLimit* limit = limits; limit != limits + count; ++limit) {
    const rlimit value = {limit->soft, limit->hard};
    if (::setrlimit(static_cast<__rlimit_resource_t>(limit->resource), &value) != 0) return errno;
  }
  return disable_core_dumps_raw();
}

int disable_core_dumps_raw() noexcept {
  const rlim_t size = allowed(RLIMIT_CORE, kNoCoreDump);
  const rlimit value = {size, size};
  return ::setrlimit(RLIMIT_CORE, &value) == 0 ? 0 : errno;
}

}  // namespace hearth::process
