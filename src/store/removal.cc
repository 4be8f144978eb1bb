#include "store/removal.h"

#include <filesystem>
#include <set>

#include "store/folder.h"
#include "store/installed.h"
#include "store/leftovers.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockFile = "/.lock";
constexpr std::string_view kOllamaManifests = "manifests-v2";  // its "manifests" is our name, too

// By their file names; without those of the one model that is left out.
Result<std::set<std::string>> named_blobs(const std::string& store_folder,
                                          const ModelName* left_out = nullptr) {
  std::set<std::string> names;
  for (const Manifest& manifest : HEARTH_TRY(Installed(store_folder).list_all())) {
    if (left_out != nullptr && manifest.name.key() == left_out->key()) continue;
    for (const ManifestFile& file : manifest.files)
      names.insert(fs::path(blob_path(file.digest)).filename().string());
  }
  return names;
}

// Of the blobs' folder, all files that `is_wanted` does not want to keep.
template <typename IsWanted>
Result<void> remove_files(const std::string& store_folder, Removal& removal, IsWanted is_wanted) {
  std::error_code error;
  std::vector<fs::path> unwanted;
  const fs::path blobs = fs::path(store_folder) / kBlobsFolder;
  for (fs::recursive_directory_iterator it(blobs, error), end; !error && it != end;
       it.increment(error)) {
    if (it->is_regular_file(error) && !is_wanted(it->path())) unwanted.push_back(it->path());
  }
  for (const fs::path& path : unwanted)
    HEARTH_TRY(remove_file(path.string(), removal));
  return {};
}

// Who has set models.folder to Ollama's has its blobs where ours are, and no manifest of ours names
// them.
Result<void> check_own(const std::string& store_folder) {
  std::error_code error;
  if (!fs::exists(fs::path(store_folder) / kOllamaManifests, error)) return {};
  return fail(Code::kInvalidArgument,
              "the models folder '" + store_folder +
                  "' is Ollama's, too, so nothing is removed from it; set models.folder to a "
                  "folder of its own",
              store_folder);
}

Result<void> remove_manifest(const std::string& store_folder, const ModelName& name) {
  Removal of_manifest;  // which is no blob
  return remove_file(store_folder + "/" + manifest_path(name), of_manifest);
}

Result<Removal> remove_damaged(const std::string& store_folder, const ModelName& name) {
  HEARTH_TRY(remove_manifest(store_folder, name));
  Removal removal;
  removal.was_damaged = true;
  return removal;
}

Result<std::optional<base::FileLock>> lock_alone(const std::string& store_folder) {
  auto lock = base::FileLock::try_acquire(store_folder + std::string(kLockFile));
  if (lock) return std::optional(std::move(*lock));
  if (lock.error().code == Code::kAlreadyExists) return std::optional<base::FileLock>();
  return fail(lock.error());
}

}  // namespace

Result<base::FileLock> hold_blobs(const std::string& store_folder) {
  HEARTH_TRY(ensure_folder(store_folder));
  return base::FileLock::share(store_folder + std::string(kLockFile));
}

Result<Removal> remove_model(const std::string& store_folder, const ModelName& name) {
  const auto manifest = load_manifest(store_folder, name);
  if (!manifest && manifest.error().code == Code::kNotFound) return fail(manifest.error());
  HEARTH_TRY(check_own(store_folder));
  if (!manifest) return remove_damaged(store_folder, name);
  const auto lock = HEARTH_TRY(lock_alone(store_folder));
  Removal removal;
  removal.somebody_fetches = !lock;
  // Before anything goes: where the others cannot be read, nothing does.
  const std::set<std::string> others = HEARTH_TRY(named_blobs(store_folder, &name));
  HEARTH_TRY(remove_manifest(store_folder, name));
  if (!lock) return removal;
  std::set<std::string> own;
  for (const ManifestFile& file : manifest->files)
    own.insert(fs::path(blob_path(file.digest)).filename().string());
  for (const std::string& other : others)
    own.erase(other);
  HEARTH_TRY(remove_files(store_folder, removal, [&](const fs::path& path) {
    return own.count(path.filename().string()) == 0;
  }));
  return removal;
}

Result<Removal> collect_blobs(const std::string& store_folder) {
  std::error_code error;
  Removal removal;
  if (!fs::exists(store_folder, error)) return removal;
  HEARTH_TRY(check_own(store_folder));
  HEARTH_TRY(remove_left_models(store_folder, removal));
  if (!fs::exists(fs::path(store_folder) / kBlobsFolder, error)) return removal;
  const auto lock = HEARTH_TRY(lock_alone(store_folder));
  removal.somebody_fetches = !lock;
  if (!lock) return removal;
  HEARTH_TRY(remove_left_manifests(store_folder, removal));
  const std::set<std::string> named = HEARTH_TRY(named_blobs(store_folder));
  HEARTH_TRY(remove_files(store_folder, removal, [&](const fs::path& path) {
    return named.count(path.filename().string()) > 0;
  }));
  return removal;
}

}  // namespace hearth::store
