#include "cli/finetune/placing.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <fcntl.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::cli::finetune {

namespace {

Result<void> copy_and_sync(const std::string& from, const std::string& to) {
  std::error_code error;
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing, error);
  if (error) {
    return fail(Code::kUnavailable, "cannot copy '" + from + "' to '" + to +
                                        "': " + error.message() + "; the model stays where it is");
  }
  const Fd file(::open(to.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0)
    return fail(base::errno_error(errno, "cannot write '" + to + "'", to));
  return {};
}

Result<void> rename_to(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) == 0) return {};
  return fail(base::errno_error(
      errno, "cannot put the model at '" + to + "'; it is in '" + from + "'", to));
}

}  // namespace

Result<void> put_in_place(const std::string& made, const std::string& target) {
  if (std::rename(made.c_str(), target.c_str()) == 0) return {};
  if (errno != EXDEV) return rename_to(made, target);
  // Not a name that the catalog would list.
  const std::string temporary = target + ".new." + std::to_string(::getpid());
  auto placed = copy_and_sync(made, temporary);
  if (placed) placed = rename_to(temporary, target);
  ::unlink(placed ? made.c_str() : temporary.c_str());
  return placed;
}

}  // namespace hearth::cli::finetune
