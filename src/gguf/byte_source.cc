#include "gguf/byte_source.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::gguf {

Result<std::size_t> MemorySource::read_at(std::uint64_t offset, std::span<char> into) {
  if (offset >= bytes_.size()) return std::size_t{0};
  const std::size_t count = std::min<std::size_t>(into.size(), bytes_.size() - offset);
  std::memcpy(into.data(), bytes_.data() + offset, count);
  return count;
}

Result<FdSource> FdSource::open(int fd, std::string name) {
  struct stat facts{};
  if (::fstat(fd, &facts) != 0) {
    return fail(base::errno_error(errno, fmt::format("cannot look at '{}'", name), name));
  }
  if (S_ISDIR(facts.st_mode)) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is a folder; name a .gguf file in it", name), name);
  }
  if (!S_ISREG(facts.st_mode)) {
    return fail(Code::kInvalidArgument,
                fmt::format("'{}' is a {}, not a file; name a .gguf file", name,
                            S_ISFIFO(facts.st_mode)   ? "pipe"
                            : S_ISSOCK(facts.st_mode) ? "socket"
                                                      : "device"),
                name);
  }
  if (facts.st_size == 0) {
    return fail(Code::kCorrupt, fmt::format("'{}' is empty; fetch the model again", name), name);
  }
  return FdSource(fd, static_cast<std::uint64_t>(facts.st_size), std::move(name));
}

Result<std::size_t> FdSource::read_at(std::uint64_t offset, std::span<char> into) {
  std::size_t done = 0;
  while (done < into.size()) {
    const ssize_t count =
        ::pread(fd_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      return fail(base::errno_error(errno, fmt::format("cannot read '{}'", name_), name_));
    }
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

}  // namespace hearth::gguf
