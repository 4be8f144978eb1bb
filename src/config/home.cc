#include "config/home.h"

#include <cerrno>
#include <climits>
#include <cstdlib>
#include <vector>

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::config {

namespace {

constexpr mode_t kOwnerOnly = 0700;
constexpr mode_t kOthers = 0077;
constexpr mode_t kOthersWrite = 0022;

std::string without_trailing_slashes(std::string path) {
  while (path.size() > 1 && path.back() == '/')
    path.pop_back();
  return path;
}

Result<std::string> absolute(std::string_view path) {
  if (path.starts_with('/')) return without_trailing_slashes(std::string(path));
  char current[PATH_MAX];
  if (::getcwd(current, sizeof current) == nullptr) {
    return fail(base::errno_error(errno, "cannot tell the current folder"));
  }
  return without_trailing_slashes(std::string(current) + "/" + std::string(path));
}

Result<std::string> user_folder(const Environment& environment) {
  const auto home = environment("HOME");
  if (home && home->starts_with('/')) return without_trailing_slashes(*home);
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  ::getpwuid_r(::getuid(), &entry, buffer.data(), buffer.size(), &found);
  if (found != nullptr && found->pw_dir != nullptr && found->pw_dir[0] == '/') {
    return without_trailing_slashes(found->pw_dir);
  }
  return fail(Code::kNotFound,
              "cannot find your home folder: HOME is not set; set HEARTH_HOME to the folder "
              "where Hearth should keep its files");
}

// The XDG rule: a relative path is as if it were not set.
std::string xdg_folder(const Environment& environment, const char* name, std::string otherwise) {
  const auto value = environment(name);
  const bool usable = value && value->starts_with('/');
  return (usable ? without_trailing_slashes(*value) : std::move(otherwise)) + "/hearth";
}

Result<void> ensure_folder(const std::string& path) {
  for (std::size_t slash = path.find('/', 1);; slash = path.find('/', slash + 1)) {
    const std::string part = path.substr(0, slash);
    if (::mkdir(part.c_str(), kOwnerOnly) != 0 && errno != EEXIST) {
      // A parent on a read-only file system may well exist.
      struct stat status{};
      const int why = errno;
      if (::stat(part.c_str(), &status) != 0) {
        return fail(base::errno_error(
            why, "cannot create the folder '" + part + "' (set HEARTH_HOME to use another)", part));
      }
    }
    if (slash == std::string::npos) break;
  }
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return fail(Code::kInvalidArgument,
                "'" + path + "' must be a folder but is not one; move it away or set HEARTH_HOME",
                path);
  }
  return {};
}

Result<void> check_status(const std::string& path, const struct stat& status) {
  if (status.st_uid != ::geteuid()) {
    return fail(Code::kPermissionDenied,
                "'" + path + "' belongs to another user; set HEARTH_HOME to a folder of your own",
                path);
  }
  if (!S_ISLNK(status.st_mode) && (status.st_mode & kOthersWrite) != 0) {
    return fail(Code::kPermissionDenied,
                "others may write into '" + path + "', so what is found there may not be yours; " +
                    "close it with `chmod go-w '" + path + "'` or set HEARTH_HOME to another",
                path);
  }
  return {};
}

// What is not there yet is fine. A link must be ours as well as what it leads to.
Result<void> check_unshared(const std::string& path) {
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) {
    if (errno == ENOENT) return {};
    return fail(base::errno_error(errno, "cannot look at '" + path + "'", path));
  }
  HEARTH_TRY(check_status(path, status));
  if (!S_ISLNK(status.st_mode) || ::stat(path.c_str(), &status) != 0) return {};
  return check_status(path, status);
}

Result<void> ensure_private(const std::string& path) {
  struct stat status{};
  if (::stat(path.c_str(), &status) != 0) {
    return fail(base::errno_error(errno, "cannot look at '" + path + "'", path));
  }
  if (status.st_uid != ::geteuid()) {
    return fail(Code::kPermissionDenied,
                "'" + path + "' belongs to another user; set HEARTH_HOME to a folder of your own",
                path);
  }
  if ((status.st_mode & kOthers) != 0 && ::chmod(path.c_str(), kOwnerOnly) != 0) {
    return fail(base::errno_error(errno, "cannot make '" + path + "' private", path));
  }
  return {};
}

}  // namespace

Environment system_environment() {
  return [](const char* name) -> std::optional<std::string> {
    const char* value = std::getenv(name);
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Home> Home::locate(const Environment& environment, std::string_view flag) {
  std::string chosen(flag);
  if (chosen.empty()) chosen = environment("HEARTH_HOME").value_or("");
  if (!chosen.empty()) {
    const std::string root = HEARTH_TRY(absolute(chosen));
    return Home(root, root, root, (root == "/" ? "" : root) + "/cache");
  }
  const std::string user = HEARTH_TRY(user_folder(environment));
  return Home("", xdg_folder(environment, "XDG_CONFIG_HOME", user + "/.config"),
              xdg_folder(environment, "XDG_DATA_HOME", user + "/.local/share"),
              xdg_folder(environment, "XDG_CACHE_HOME", user + "/.cache"));
}

Result<void> Home::check_unshared() const {
  return config::check_unshared(data_);
}

Result<void> Home::ensure_folders() const {
  for (const std::string& folder : {config_, data_, cache_, models_folder(), run_folder()}) {
    HEARTH_TRY(ensure_folder(folder));
  }
  HEARTH_TRY(check_unshared());
  return ensure_private(run_folder());
}

Result<void> Home::check_socket_path() const {
  const std::string path = socket_path();
  if (path.size() <= kSocketPathBytesMax) return {};
  return fail(Code::kInvalidArgument,
              "the path of the daemon's socket has " + std::to_string(path.size()) +
                  " bytes, but the system allows " + std::to_string(kSocketPathBytesMax) + ": '" +
                  path + "'; set HEARTH_HOME to a shorter path",
              path);
}

}  // namespace hearth::config
