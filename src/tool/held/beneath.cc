#include "tool/held/beneath.h"

#include <cerrno>
#include <span>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace hearth::tool::held {

namespace {

constexpr mode_t kFolderMode = 0755;

Failure wrong(int error_number, const std::string& name) {
  if (error_number == ELOOP) {
    return fail(Code::kPermissionDenied, "'" + name + "' is a link, and tools follow none");
  }
  if (error_number == ENOTDIR) return fail(Code::kInvalidArgument, "'" + name + "' is no folder");
  return fail(base::errno_error(error_number, "cannot open '" + name + "'"));
}

bool is_link(int folder, const std::string& name) {
  struct stat status{};
  return ::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
         S_ISLNK(status.st_mode);
}

Result<Fd> step_into(int folder, const std::string& name, Folders folders) {
  if (folders == Folders::kMake && ::mkdirat(folder, name.c_str(), kFolderMode) != 0 &&
      errno != EEXIST) {
    return fail(base::errno_error(errno, "cannot make the folder '" + name + "'"));
  }
  Fd next(::openat(folder, name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (next) return next;
  // Of a link that is opened as a folder the kernel only says that it is none.
  const int error_number = errno;
  return wrong(is_link(folder, name) ? ELOOP : error_number, name);
}

}  // namespace

Result<Fd> open_folder(const std::string& path) {
  Fd folder(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!folder) return fail(base::errno_error(errno, "cannot open the folder '" + path + "'", path));
  return folder;
}

Result<Place> find_place(int folder, const std::vector<std::string>& names, Folders folders) {
  Fd at = HEARTH_TRY(base::duplicate(folder));
  if (names.empty()) return Place{std::move(at), "."};
  for (const std::string& name : std::span(names).first(names.size() - 1))
    at = HEARTH_TRY(step_into(at.get(), name, folders));
  return Place{std::move(at), names.back()};
}

Kind kind_beneath(int folder, const std::vector<std::string>& names) {
  const auto place = find_place(folder, names, Folders::kMustBe);
  struct stat status{};
  if (!place ||
      ::fstatat(place->folder.get(), place->name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return Kind::kNothing;
  if (S_ISREG(status.st_mode)) return Kind::kFile;
  return S_ISDIR(status.st_mode) ? Kind::kFolder : Kind::kOther;
}

Result<Fd> open_file(const Place& place) {
  Fd file(::openat(place.folder.get(), place.name.c_str(),
                   O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  if (!file) return wrong(errno, place.name);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return wrong(errno, place.name);
  if (S_ISDIR(status.st_mode))
    return fail(Code::kInvalidArgument, "'" + place.name + "' is a folder");
  if (!S_ISREG(status.st_mode))
    return fail(Code::kInvalidArgument, "'" + place.name + "' is no plain file");
  return file;
}

Result<Fd> open_listing(const Place& place) {
  Fd listing(::openat(place.folder.get(), place.name.c_str(),
                      O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
  if (listing) return listing;
  const int error_number = errno;
  return wrong(is_link(place.folder.get(), place.name) ? ELOOP : error_number, place.name);
}

}  // namespace hearth::tool::held
