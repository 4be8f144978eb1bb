#include "cli/placing.h"

#include <cerrno>
#include <cstdio>
#include <filesystem>

#include <sys/file.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/replacement.h"

namespace hearth::cli {

namespace {

constexpr unsigned kMode = 0644;

// To another file system, under a name that the catalog would not list until it is whole.
Result<void> copy_over(const std::string& from, const std::string& to) {
  auto file = HEARTH_TRY(base::Replacement::begin(to, kMode));
  // `hearth gc` takes what nobody holds. Where files cannot be locked, it takes nothing.
  ::flock(file.fd(), LOCK_EX | LOCK_NB);
  std::error_code error;
  std::filesystem::copy_file(from, file.unfinished(),
                             std::filesystem::copy_options::overwrite_existing, error);
  if (error) {
    return fail(Code::kUnavailable, "cannot copy '" + from + "' to '" + file.unfinished() +
                                        "': " + error.message() + "; the model stays where it is");
  }
  return file.finish();
}

}  // namespace

Result<void> put_in_place(const std::string& made, const std::string& target) {
  if (std::rename(made.c_str(), target.c_str()) == 0) return {};
  if (errno != EXDEV) {
    return fail(base::errno_error(
        errno, "cannot put the model at '" + target + "'; it is in '" + made + "'", target));
  }
  HEARTH_TRY(copy_over(made, target));
  ::unlink(made.c_str());
  return {};
}

}  // namespace hearth::cli
