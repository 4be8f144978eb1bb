#include "base/replacement.h"

#include <cerrno>
#include <cstdio>

#include <fcntl.h>
#include <unistd.h>

namespace hearth::base {

// File systems that cannot sync folders keep order.
void sync_folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const Fd directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) ::fsync(directory.get());
}

Result<Replacement> Replacement::begin(std::string path, unsigned mode) {
  std::string unfinished = path + ".new." + std::to_string(::getpid());
  Fd file(::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode));
  if (!file) return fail(errno_error(errno, "cannot create '" + unfinished + "'", path));
  return Replacement(std::move(path), std::move(unfinished), std::move(file));
}

Replacement::~Replacement() {
  if (file_) ::unlink(unfinished_.c_str());
}

Result<void> Replacement::sync() {
  if (::fsync(file_.get()) == 0) return {};
  return fail(errno_error(errno, "cannot sync '" + unfinished_ + "'", path_));
}

Result<void> Replacement::finish() {
  HEARTH_TRY(sync());
  if (::rename(unfinished_.c_str(), path_.c_str()) != 0)
    return fail(errno_error(errno, "cannot replace '" + path_ + "'", path_));
  file_.reset();
  sync_folder_of(path_);
  return {};
}

Result<void> replace_file(const std::string& path, std::string_view content, unsigned mode) {
  Replacement file = HEARTH_TRY(Replacement::begin(path, mode));
  HEARTH_TRY(file.write(content));
  return file.finish();
}

}  // namespace hearth::base
