#include "store/leftovers.h"

#include <filesystem>
#include <string_view>
#include <vector>

#include "base/fd.h"
#include "base/file_lock.h"
#include "store/make/making_folder.h"
#include "store/manifest/layout.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kUnfinished = ".new.";  // and a process's number: base/replacement.h

// "mine.gguf.new.17", of "mine.gguf".
bool is_unfinished(const std::string& name, std::string_view ending) {
  const std::size_t at = name.rfind(kUnfinished);
  if (at == std::string::npos || !std::string_view(name).substr(0, at).ends_with(ending))
    return false;
  const std::string_view number = std::string_view(name).substr(at + kUnfinished.size());
  return !number.empty() && number.find_first_not_of("0123456789") == std::string_view::npos;
}

void count(const fs::path& folder, Removal& removal) {
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    if (!fs::is_regular_file(it->symlink_status(ignored))) continue;
    if (it->path().filename() == MakingFolder::kLockFile) continue;
    removal.freed_bytes += it->file_size(ignored);
    ++removal.blobs;
  }
}

void remove_left_folder(const fs::path& path, Removal& removal) {
  const auto left = MakingFolder::take_left(path.string());
  if (left) count(path, removal);
}

Result<void> remove_left_copy(const fs::path& path, Removal& removal) {
  const auto held = base::FileLock::try_existing(path.string());
  if (!held || !held->is_of(path.string())) return {};
  return remove_file(path.string(), removal);
}

}  // namespace

bool is_unfinished_manifest(const std::string& file_name) {
  return is_unfinished(file_name, ".json");
}

Result<void> remove_file(const std::string& path, Removal& removal) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (!fs::remove(path, error)) {
    if (!error) return {};
    return fail(base::errno_error(error.value(), "cannot remove '" + path + "'", path));
  }
  removal.freed_bytes += bytes == static_cast<std::uintmax_t>(-1) ? 0 : bytes;
  ++removal.blobs;
  return {};
}

Result<void> remove_left_models(const std::string& store_folder, Removal& removal) {
  std::error_code error;
  std::vector<fs::path> copies;
  std::vector<fs::path> folders;
  for (fs::directory_iterator it(store_folder, error), end; !error && it != end;
       it.increment(error)) {
    const std::string name = it->path().filename().string();
    if (MakingFolder::is_name(name)) folders.push_back(it->path());
    if (is_unfinished(name, ".gguf") && it->is_regular_file(error)) copies.push_back(it->path());
  }
  for (const fs::path& path : folders)
    remove_left_folder(path, removal);
  for (const fs::path& path : copies)
    HEARTH_TRY(remove_left_copy(path, removal));
  return {};
}

Result<void> remove_left_manifests(const std::string& store_folder, Removal& removal) {
  std::error_code error;
  std::vector<fs::path> left;
  const fs::path folder = fs::path(store_folder) / kManifestsFolder;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (is_unfinished_manifest(it->path().filename().string()) && it->is_regular_file(error))
      left.push_back(it->path());
  }
  for (const fs::path& path : left)
    HEARTH_TRY(remove_file(path.string(), removal));
  return {};
}

}  // namespace hearth::store
