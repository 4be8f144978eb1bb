#include "store/pull/disk.h"

#include <cerrno>

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/replacement.h"

namespace hearth::store {

int Disk::reserve(int fd, std::uint64_t size_bytes) {
  const auto size = static_cast<off_t>(size_bytes);
  while (::fallocate(fd, 0, 0, size) != 0) {
    if (errno == EINTR) continue;
    if (errno != EOPNOTSUPP && errno != ENOSYS && errno != EINVAL) return errno;
    break;
  }
  return ::ftruncate(fd, size) == 0 ? 0 : errno;
}

int Disk::write(int fd, std::string_view bytes, std::uint64_t at) {
  while (!bytes.empty()) {
    const ssize_t count = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return errno;
    bytes.remove_prefix(static_cast<std::size_t>(count));
    at += static_cast<std::uint64_t>(count);
  }
  return 0;
}

int Disk::clone(int fd, int source) {
  return ::ioctl(fd, FICLONE, source) == 0 ? 0 : errno;
}

void Disk::begin_sync(int fd) {
  ::sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
}

int Disk::sync(int fd) {
  return ::fdatasync(fd) == 0 ? 0 : errno;
}

void Disk::sync_name(const std::string& path) {
  base::sync_folder_of(path);
}

Result<std::uint64_t> Disk::free_bytes(int fd) {
  struct statvfs facts{};
  if (::fstatvfs(fd, &facts) != 0)
    return fail(base::errno_error(errno, "cannot see how much room the disk has"));
  return static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
}

Disk& system_disk() {
  static Disk disk;
  return disk;
}

}  // namespace hearth::store
