#include "store/make/making_folder.h"

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kEnding = ".making";
constexpr std::string_view kEndingOfModels = ".gguf.making";
constexpr int kTriesMax = 100;  // each lost one is somebody who has removed it meanwhile

Result<void> ensure_own_folder(const std::string& path) {
  std::error_code error;
  if (fs::symlink_status(path, error).type() != fs::file_type::directory) fs::remove(path, error);
  if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) return {};
  return fail(base::errno_error(errno, "cannot make the folder '" + path + "'", path));
}

}  // namespace

// Nothing when somebody has removed the folder meanwhile: then a lock in it keeps nobody away.
Result<std::optional<base::FileLock>> MakingFolder::lock_in(const std::string& path) {
  const std::string file = path + "/" + std::string(kLockFile);
  auto lock = base::FileLock::try_acquire(file);
  if (!lock && lock.error().code == Code::kNotFound) return std::optional<base::FileLock>();
  if (!lock) return fail(lock.error());
  if (!lock->is_of(file)) return std::optional<base::FileLock>();
  return std::optional(*std::move(lock));
}

Result<MakingFolder> MakingFolder::make(const std::string& target) {
  const fs::path place(target);
  const std::string path =
      (place.parent_path() / fmt::format(".{}{}", place.filename().string(), kEnding)).string();
  for (int i = 0; i < kTriesMax; ++i) {
    HEARTH_TRY(ensure_own_folder(path));
    auto lock = lock_in(path);
    if (!lock && lock.error().code == Code::kAlreadyExists) break;
    if (!lock) return fail(lock.error());
    if (!*lock) continue;
    MakingFolder folder(path, **std::move(lock));
    folder.empty();
    return folder;
  }
  return fail(
      Code::kAlreadyExists,
      in_quotes(target) + " is being made already, by another process; wait for it, or end it",
      path);
}

std::optional<MakingFolder> MakingFolder::take_left(const std::string& path) {
  std::error_code error;
  if (fs::symlink_status(path, error).type() != fs::file_type::directory) return std::nullopt;
  auto lock = lock_in(path);
  if (!lock || !*lock) return std::nullopt;
  return MakingFolder(path, **std::move(lock));
}

bool MakingFolder::is_name(const std::string& name) {
  return name.starts_with('.') && name.ends_with(kEndingOfModels);
}

void MakingFolder::empty() const {
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(path_, ignored)) {
    if (entry.path() != lock_path()) fs::remove_all(entry.path(), ignored);
  }
}

// The lock goes last. Whoever takes a new one then keeps the folder, which is not empty.
MakingFolder::~MakingFolder() {
  if (path_.empty()) return;
  empty();
  ::unlink(lock_path().c_str());
  ::rmdir(path_.c_str());
}

}  // namespace hearth::store
