#include "store/pull/part_file.h"

#include <algorithm>
#include <cerrno>
#include <filesystem>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/units.h"

namespace hearth::store {

namespace {

constexpr unsigned kMode = 0600;
constexpr std::uint64_t kStatBlockBytes = 512;

std::string folder_of(const std::string& path) {
  return std::filesystem::path(path).parent_path().string();
}

}  // namespace

Result<std::unique_ptr<PartFile>> PartFile::open(const std::string& path, Disk& disk,
                                                 const RoomRule& rule) {
  Fd file(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK, kMode));
  if (!file) return fail(base::errno_error(errno, "cannot open '" + path + "'", path));
  struct stat facts{};
  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode))
    return fail(Code::kInvalidArgument, "'" + path + "' is no plain file; remove it", path);
  return std::unique_ptr<PartFile>(new PartFile(path, std::move(file), disk, rule));
}

Error PartFile::error_of(int error_number, const char* what, std::uint64_t missing_bytes) const {
  if (error_number != ENOSPC && error_number != EDQUOT)
    return base::errno_error(error_number, fmt::format("cannot {} '{}'", what, path_), path_);
  const std::string missing = missing_bytes == 0
                                  ? ""
                                  : fmt::format(": {} more are needed ({} bytes)",
                                                base::format_bytes(missing_bytes), missing_bytes);
  return make_error(Code::kResourceExhausted,
                    fmt::format("the disk of '{}' is full{}; {}, and try again", folder_of(path_),
                                missing, kHowToMakeRoom),
                    path_);
}

Result<std::uint64_t> PartFile::size_bytes() const {
  struct stat facts{};
  if (::fstat(file_.get(), &facts) == 0) return static_cast<std::uint64_t>(facts.st_size);
  return fail(error_of(errno, "look at", 0));
}

Result<std::uint64_t> PartFile::taken_bytes() const {
  struct stat facts{};
  if (::fstat(file_.get(), &facts) == 0)
    return static_cast<std::uint64_t>(facts.st_blocks) * kStatBlockBytes;
  return fail(error_of(errno, "look at", 0));
}

Result<void> PartFile::check_missing(std::uint64_t missing_bytes) {
  if (missing_bytes == 0) return {};
  const std::uint64_t free = HEARTH_TRY(disk_.free_bytes(file_.get()));
  const std::uint64_t needed = missing_bytes + rule_.reserve_bytes;
  if (needed <= free) return {};
  return fail(Code::kResourceExhausted,
              fmt::format("the disk of '{}' has {} free, and {} are needed of which {} stay free: "
                          "{} bytes are missing; {}",
                          folder_of(path_), base::format_bytes(free), base::format_bytes(needed),
                          base::format_bytes(rule_.reserve_bytes), needed - free, kHowToMakeRoom),
              path_);
}

Result<void> PartFile::check_room(std::uint64_t size_bytes) {
  const std::uint64_t taken = HEARTH_TRY(taken_bytes());
  return check_missing(taken < size_bytes ? size_bytes - taken : 0);
}

Result<void> PartFile::prepare(std::uint64_t size_bytes) {
  prepared_ = size_bytes;
  until_check_ = rule_.check_bytes;
  HEARTH_TRY(check_room(size_bytes));
  const std::uint64_t taken = HEARTH_TRY(taken_bytes());
  if (const int error = disk_.reserve(file_.get(), size_bytes))
    return fail(error_of(error, "make room for", taken < size_bytes ? size_bytes - taken : 0));
  return {};
}

Result<void> PartFile::cut(std::uint64_t size_bytes) {
  if (::ftruncate(file_.get(), static_cast<off_t>(size_bytes)) == 0) return {};
  return fail(error_of(errno, "cut", 0));
}

Result<void> PartFile::clear() {
  prepared_ = 0;
  until_check_ = 0;
  return cut(0);
}

int PartFile::write_alone(std::uint64_t at, std::string_view bytes) {
  const base::Lock lock(writing_);
  return disk_.write(file_.get(), bytes, at);
}

Result<void> PartFile::write(std::uint64_t at, std::string_view bytes) {
  // Threads may look twice or a little late; it is only a look.
  if (until_check_ < bytes.size()) {
    until_check_ = rule_.check_bytes;
    const std::uint64_t expected = prepared_ != 0 ? prepared_ : at + bytes.size();
    HEARTH_TRY(check_room(expected));
  }
  until_check_ -= std::min<std::uint64_t>(until_check_, bytes.size());
  const int error = write_alone(at, bytes);
  if (error == 0) return {};
  const std::uint64_t taken = HEARTH_TRY(taken_bytes());
  const std::uint64_t expected = prepared_ != 0 ? prepared_ : at + bytes.size();
  return fail(error_of(error, "write", expected > taken ? expected - taken : 0));
}

Result<void> PartFile::sync() {
  if (const int error = disk_.sync(file_.get())) return fail(error_of(error, "sync", 0));
  return {};
}

}  // namespace hearth::store
