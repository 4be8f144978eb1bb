#include <algorithm>
#include <cerrno>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/units.h"
#include "process/page_cache.h"

namespace hearth::process {

namespace {

constexpr std::uint64_t kBlockBytes = base::kMiB;
// Told to the system ahead of what is read, so that a disk always has something to do.
constexpr std::uint64_t kWindowBytes = 8 * base::kMiB;

// From linux/ioprio.h, which not every system has.
constexpr int kPriorityOfProcess = 1;
constexpr int kIdleClass = 3 << 13;
constexpr int kLeastNice = 19;

std::uint64_t size_of(const Fd& file) {
  struct stat facts{};
  return ::fstat(file.get(), &facts) == 0 ? static_cast<std::uint64_t>(facts.st_size) : 0;
}

}  // namespace

void yield_to_everybody() {
  const auto thread = static_cast<id_t>(::syscall(SYS_gettid));
  ::setpriority(PRIO_PROCESS, thread, kLeastNice);
  ::syscall(SYS_ioprio_set, kPriorityOfProcess, 0, kIdleClass);
}

Result<std::uint64_t> read_ahead(const std::string& path, std::uint64_t bytes_max,
                                 const base::CancelToken& cancel) {
  const Fd file = HEARTH_TRY(base::open_for_reading(path));
  const std::uint64_t size = std::min(size_of(file), bytes_max);
  std::vector<char> block(kBlockBytes);
  std::uint64_t done = 0;
  while (done < size && !cancel.cancelled()) {
    if (done % kWindowBytes == 0) {
      ::posix_fadvise(file.get(), static_cast<off_t>(done), static_cast<off_t>(2 * kWindowBytes),
                      POSIX_FADV_WILLNEED);
    }
    const std::uint64_t wanted = std::min(kBlockBytes, size - done);
    const ssize_t count = ::pread(file.get(), block.data(), wanted, static_cast<off_t>(done));
    if (count < 0) return fail(base::errno_error(errno, "cannot read '" + path + "' ahead", path));
    if (count == 0) break;  // it has become shorter
    done += static_cast<std::uint64_t>(count);
  }
  return done;
}

std::uint64_t cached_bytes(const std::string& path) {
  const auto file = base::open_for_reading(path);
  if (!file) return 0;
  const std::uint64_t size = size_of(*file);
  if (size == 0) return 0;
  void* const mapped = ::mmap(nullptr, size, PROT_READ, MAP_SHARED, file->get(), 0);
  if (mapped == MAP_FAILED) return 0;
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  std::vector<unsigned char> pages((size + page - 1) / page);
  const bool told = ::mincore(mapped, size, pages.data()) == 0;
  ::munmap(mapped, size);
  if (!told) return 0;
  const auto count =
      std::count_if(pages.begin(), pages.end(), [](unsigned char one) { return (one & 1U) != 0; });
  return std::min(size, static_cast<std::uint64_t>(count) * page);
}

}  // namespace hearth::process
