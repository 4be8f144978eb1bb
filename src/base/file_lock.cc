#include "base/file_lock.h"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hearth::base {

namespace {

Result<Fd> lock(const std::string& path, int operation) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  if (!file) return fail(errno_error(errno, "cannot open the lock '" + path + "'", path));
  while (::flock(file.get(), operation) != 0) {
    if (errno == EINTR) continue;
    if (errno != EWOULDBLOCK) {
      return fail(errno_error(errno, "cannot lock '" + path + "'", path));
    }
    char holder[32] = {};
    const ssize_t size = ::pread(file.get(), holder, sizeof holder - 1, 0);
    const std::string pid(holder, size > 0 ? static_cast<std::size_t>(size) : 0);
    return fail(Code::kAlreadyExists,
                "process " + (pid.empty() ? "(unknown)" : pid) + " already holds '" + path + "'");
  }
  if (operation == LOCK_SH) return file;
  // A failure here only makes a message poorer.
  [[maybe_unused]] const int cut = ::ftruncate(file.get(), 0);
  const std::string pid = std::to_string(::getpid());
  [[maybe_unused]] const ssize_t written = ::pwrite(file.get(), pid.data(), pid.size(), 0);
  return file;
}

}  // namespace

Result<FileLock> FileLock::try_acquire(const std::string& path) {
  return FileLock(HEARTH_TRY(lock(path, LOCK_EX | LOCK_NB)));
}

Result<FileLock> FileLock::try_existing(const std::string& path) {
  Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  if (!file) return fail(errno_error(errno, "cannot open '" + path + "'", path));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) == 0) return FileLock(std::move(file));
  if (errno != EWOULDBLOCK) return fail(errno_error(errno, "cannot lock '" + path + "'", path));
  return fail(Code::kAlreadyExists, "another process already holds '" + path + "'");
}

Result<FileLock> FileLock::share(const std::string& path) {
  return FileLock(HEARTH_TRY(lock(path, LOCK_SH)));
}

Result<FileLock> FileLock::acquire(const std::string& path) {
  return FileLock(HEARTH_TRY(lock(path, LOCK_EX)));
}

bool FileLock::is_of(const std::string& path) const {
  struct stat there{};
  struct stat here{};
  return ::stat(path.c_str(), &there) == 0 && ::fstat(file_.get(), &here) == 0 &&
         there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

}  // namespace hearth::base
