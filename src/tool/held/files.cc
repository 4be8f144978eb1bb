// The tools that read and change files.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tool/held/acts.h"
#include "tool/workspace_path.h"

namespace hearth::tool::held {

namespace {

constexpr std::size_t kReadBytesMax = 16 * base::kMiB;
constexpr std::size_t kEntriesMax = 2000;
constexpr mode_t kFileMode = 0644;
constexpr mode_t kPermissions = 0777;

struct CloseFolder {
  void operator()(DIR* folder) const { ::closedir(folder); }
};

Failure wrong(const char* what, const std::string& name) {
  return fail(base::errno_error(errno, fmt::format("cannot {} '{}'", what, name)));
}

// Takes the name when it is whole, and goes when it never is.
class Draft {
 public:
  Draft(const Place& place, mode_t mode)
      : place_(place),
        name_(".hearth-draft." + std::to_string(::getpid())),
        file_(::openat(place.folder.get(), name_.c_str(),
                       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)) {}
  ~Draft() {
    if (file_ && !is_done_) ::unlinkat(place_.folder.get(), name_.c_str(), 0);
  }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;

  Result<void> finish(std::string_view text) {
    if (!file_) return wrong("write", place_.name);
    HEARTH_TRY(base::write_all(file_.get(), text));
    const int folder = place_.folder.get();
    if (::fsync(file_.get()) != 0 ||
        ::renameat(folder, name_.c_str(), folder, place_.name.c_str()) != 0)
      return wrong("write", place_.name);
    is_done_ = true;
    return {};
  }

 private:
  const Place& place_;
  const std::string name_;
  Fd file_;
  bool is_done_ = false;
};

// What stands there is replaced when it is a plain file, and keeps its permissions.
Result<mode_t> mode_for(const Place& place) {
  struct stat status{};
  if (::fstatat(place.folder.get(), place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return kFileMode;
  if (S_ISREG(status.st_mode)) return status.st_mode & kPermissions;
  return fail(Code::kInvalidArgument, "'" + place.name + "' is no plain file");
}

bool ends_with_newline(int file, off_t size) {
  char last = '\n';
  return size == 0 || (::pread(file, &last, 1, size - 1) == 1 && last == '\n');
}

std::string entry_line(int folder, const std::string& name) {
  struct stat status{};
  if (::fstatat(folder, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) return name;
  if (S_ISDIR(status.st_mode)) return name + "/";
  return S_ISLNK(status.st_mode) ? name + " (a link)" : name;
}

}  // namespace

std::string argument_of(const Act& act, std::string_view name) {
  const auto node = act.arguments.find(name);
  const auto text = node ? node->text() : Result<std::string_view>("");
  return text ? std::string(*text) : std::string();
}

Result<Place> place_of(const Act& act, Folders folders) {
  const auto names = HEARTH_TRY(names_of_path(argument_of(act, "path"), act.request.workspace));
  return find_place(act.workspace, names, folders);
}

void print(std::string_view text) {
  // Who reads it decides how much he wants of it; when he is gone, so are we.
  [[maybe_unused]] const auto written = base::write_all(STDOUT_FILENO, text);
}

Result<Answer> read_file(const Act& act) {
  const Place place = HEARTH_TRY(place_of(act, Folders::kMustBe));
  const Fd file = HEARTH_TRY(open_file(place));
  std::array<char, 64 * base::kKiB> buffer;
  std::size_t total = 0;
  for (ssize_t count = 0; (count = ::read(file.get(), buffer.data(), buffer.size())) > 0;) {
    const std::string_view bytes(buffer.data(), static_cast<std::size_t>(count));
    if (total == 0 && bytes.find('\0') != std::string_view::npos)
      return fail(Code::kInvalidArgument, "'" + place.name + "' is no text");
    total += bytes.size();
    if (total > kReadBytesMax)
      return fail(Code::kResourceExhausted, fmt::format("'{}' is larger than {}", place.name,
                                                        base::format_bytes(kReadBytesMax)));
    print(bytes);
  }
  return Answer();
}

Result<Answer> write_file(const Act& act) {
  const Place place = HEARTH_TRY(place_of(act, Folders::kMake));
  const mode_t mode = HEARTH_TRY(mode_for(place));
  const std::string text = argument_of(act, "text");
  Draft draft(place, mode);
  HEARTH_TRY(draft.finish(text));
  print(fmt::format("written, {} bytes", text.size()));
  return Answer();
}

Result<Answer> append_file(const Act& act) {
  const Place place = HEARTH_TRY(place_of(act, Folders::kMake));
  const Fd file(::openat(place.folder.get(), place.name.c_str(),
                         O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
                         kFileMode));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) {
    if (errno == ELOOP)
      return fail(Code::kPermissionDenied, "'" + place.name + "' is a link, and tools follow none");
    return wrong("write", place.name);
  }
  if (!S_ISREG(status.st_mode))
    return fail(Code::kInvalidArgument, "'" + place.name + "' is no plain file");
  std::string line = argument_of(act, "line");
  if (!line.ends_with('\n')) line += '\n';
  if (!ends_with_newline(file.get(), status.st_size)) line.insert(0, "\n");
  HEARTH_TRY(base::write_all(file.get(), line));
  if (::fsync(file.get()) != 0) return wrong("write", place.name);
  print("added");
  return Answer();
}

Result<Answer> list_files(const Act& act) {
  const Place place = HEARTH_TRY(place_of(act, Folders::kMustBe));
  Fd listing = HEARTH_TRY(open_listing(place));
  const std::unique_ptr<DIR, CloseFolder> folder(::fdopendir(listing.get()));
  if (!folder) return wrong("list", place.name);
  listing.release();
  std::vector<std::string> names;
  std::size_t more = 0;
  while (const dirent* entry = ::readdir(folder.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (names.size() < kEntriesMax)
      names.push_back(name);
    else
      ++more;
  }
  std::ranges::sort(names);
  for (const std::string& name : names)
    print(entry_line(::dirfd(folder.get()), name) + "\n");
  if (names.empty()) print("(the folder is empty)\n");
  if (more > 0) print(fmt::format("and {} more\n", more));
  return Answer();
}

Result<Answer> delete_file(const Act& act) {
  const Place place = HEARTH_TRY(place_of(act, Folders::kMustBe));
  struct stat status{};
  const int folder = place.folder.get();
  if (::fstatat(folder, place.name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
    return wrong("delete", place.name);
  if (S_ISDIR(status.st_mode))
    return fail(Code::kInvalidArgument, "'" + place.name + "' is a folder, and those stay");
  if (::unlinkat(folder, place.name.c_str(), 0) != 0) return wrong("delete", place.name);
  print("deleted");
  return Answer();
}

}  // namespace hearth::tool::held
