#include "base/fd.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hearth::base {

void Fd::reset(int number) {
  if (number_ >= 0) ::close(number_);
  number_ = number;
}

Result<Fd> duplicate(int number) {
  const int copy = ::fcntl(number, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return fail(errno_error(errno, "cannot duplicate a file descriptor"));
  return Fd(copy);
}

Result<void> ensure_descriptors(std::size_t count) {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
    return fail(errno_error(errno, "cannot see how many files may be open"));
  }
  const rlim_t wanted = std::min<rlim_t>(count, limit.rlim_max);
  if (limit.rlim_cur < wanted) {
    limit.rlim_cur = wanted;
    if (::setrlimit(RLIMIT_NOFILE, &limit) != 0) {
      return fail(errno_error(errno, "cannot have more files open"));
    }
  }
  if (wanted == count) return {};
  return fail(Code::kResourceExhausted,
              "the system lets this process have " + std::to_string(limit.rlim_max) +
                  " files open, and it may need " + std::to_string(count) +
                  "; raise the limit (ulimit -Hn, LimitNOFILE=)");
}

Error errno_error(int error_number, std::string what, std::string context) {
  Code code = Code::kUnavailable;
  switch (error_number) {
    case ENOENT:
    case ENOTDIR:
    case ELOOP:
    case ENAMETOOLONG:
      code = Code::kNotFound;
      break;
    case EEXIST:
      code = Code::kAlreadyExists;
      break;
    case EACCES:
    case EPERM:
    case EROFS:
      code = Code::kPermissionDenied;
      break;
    case ENOSPC:
    case EDQUOT:
    case EMFILE:
    case ENFILE:
      code = Code::kResourceExhausted;
      break;
    case ENOMEM:
      code = Code::kOutOfMemory;
      break;
    default:
      break;
  }
  return make_error(code, std::move(what) + ": " + std::strerror(error_number), std::move(context));
}

Result<Fd> open_for_reading(const std::string& path) {
  // Opening a device can do something: look first. And opening a FIFO must not wait.
  struct stat facts{};
  if (::stat(path.c_str(), &facts) == 0 && (S_ISCHR(facts.st_mode) || S_ISBLK(facts.st_mode))) {
    return fail(Code::kInvalidArgument, "'" + path + "' is a device, not a file", path);
  }
  const int number = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (number < 0) return fail(errno_error(errno, "cannot open '" + path + "'", path));
  return Fd(number);
}

Result<std::string> load_text_file(const std::string& path, std::size_t limit_bytes) {
  const Fd file = HEARTH_TRY(open_for_reading(path));
  std::string content;
  char buffer[16384];
  while (true) {
    const ssize_t count = ::read(file.get(), buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(errno_error(errno, "cannot read '" + path + "'", path));
    if (count == 0) return content;
    content.append(buffer, static_cast<std::size_t>(count));
    if (content.size() > limit_bytes) {
      return fail(Code::kResourceExhausted,
                  "'" + path + "' is larger than " + std::to_string(limit_bytes) + " bytes", path);
    }
  }
}

Result<void> write_all(int fd, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(errno_error(errno, "cannot write"));
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

}  // namespace hearth::base
