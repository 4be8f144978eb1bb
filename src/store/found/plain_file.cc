#include "store/found/plain_file.h"

#include <cerrno>
#include <climits>
#include <cstdint>
#include <cstdlib>

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::store {

namespace {

enum class Links : std::uint8_t { kRefused, kFollowed };

// O_PATH touches nothing: no pipe waits and no device is opened. The kernel knows where it leads
// to, which is one question instead of one for every folder on the way.
std::optional<PlainFile> readable_file(const std::string& path, Links links) {
  const int flags = O_PATH | O_CLOEXEC | (links == Links::kRefused ? O_NOFOLLOW : 0);
  const Fd file(::open(path.c_str(), flags));
  PlainFile found;
  if (!file || ::fstat(file.get(), &found.facts) != 0 || !S_ISREG(found.facts.st_mode))
    return std::nullopt;
  const std::string itself = "/proc/self/fd/" + std::to_string(file.get());
  char real[PATH_MAX];
  const ssize_t size = ::readlink(itself.c_str(), real, sizeof real);
  if (size <= 0 || size == sizeof real) return std::nullopt;
  found.path.assign(real, static_cast<std::size_t>(size));
  if (::access(found.path.c_str(), R_OK) != 0) return std::nullopt;
  return found;
}

}  // namespace

std::string real_path(const std::string& path) {
  char real[PATH_MAX];
  return ::realpath(path.c_str(), real) == nullptr ? std::string() : std::string(real);
}

std::optional<PlainFile> find_plain_file(const std::string& path) {
  return readable_file(path, Links::kRefused);
}

std::optional<PlainFile> find_file_within(const std::string& folder, const std::string& path) {
  if (folder.empty()) return std::nullopt;
  auto file = readable_file(path, Links::kFollowed);
  return file && file->path.starts_with(folder + "/") ? std::move(file) : std::nullopt;
}

Result<std::string> load_plain_text(const std::string& path, std::size_t bytes_max) {
  // Without O_NONBLOCK a pipe would wait for somebody to write.
  const Fd file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  struct stat facts{};
  if (!file || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return fail(Code::kNotFound, "'" + path + "' is no file that can be read", path);
  const auto size = static_cast<std::uint64_t>(facts.st_size);
  if (size > bytes_max) {
    return fail(Code::kResourceExhausted,
                "'" + path + "' is larger than " + std::to_string(bytes_max) + " bytes", path);
  }
  std::string text(size, '\0');
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t count = ::read(file.get(), text.data() + done, text.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(base::errno_error(errno, "cannot read '" + path + "'", path));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  text.resize(done);
  return text;
}

}  // namespace hearth::store
