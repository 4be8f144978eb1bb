#include "store/removal.h"

#include <filesystem>
#include <set>

#include "store/folder.h"
#include "store/installed.h"
#include "store/leftovers.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/pull/part_paths.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view kLockFile = "/.lock";
constexpr std::string_view kOllamaManifests = "manifests-v2";  // its "manifests" is our name, too
constexpr std::string_view kBlobPrefix = "sha256-";

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

// "sha256-…", also with ".damaged" behind it: what a file here is called that we have made.
bool is_blob(const std::string& name) {
  std::string_view digits = name;
  if (!digits.starts_with(kBlobPrefix)) return false;
  digits.remove_prefix(kBlobPrefix.size());
  if (digits.ends_with(kDamagedEnding)) digits.remove_suffix(kDamagedEnding.size());
  return digits.size() == kDigestDigits &&
         digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Of our files in this folder all that `is_wanted` does not want to keep. What else lies there is
// somebody's.
template <typename IsOurs, typename IsWanted>
Result<void> remove_files(const fs::path& folder, Removal& removal, IsOurs is_ours,
                          IsWanted is_wanted) {
  std::error_code error;
  std::vector<fs::path> unwanted;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    std::error_code ignored;
    if (!fs::is_regular_file(it->symlink_status(ignored))) continue;
    const std::string name = it->path().filename().string();
    if (is_ours(name) && !is_wanted(name)) unwanted.push_back(it->path());
  }
  for (const fs::path& path : unwanted)
    HEARTH_TRY(remove_file(path.string(), removal));
  return {};
}

// Ollama calls a manifest by its tag; ours all end in ".json".
bool has_foreign_manifest(const std::string& store_folder) {
  std::error_code error;
  const fs::path folder = fs::path(store_folder) / kManifestsFolder;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    std::error_code ignored;
    const std::string name = it->path().filename().string();
    if (it->is_directory(ignored) || is_unfinished_manifest(name)) continue;
    if (it->path().extension() != ".json") return true;
  }
  return false;
}

// Who has set models.folder to Ollama's has its blobs where ours are, and no manifest of ours names
// them.
Result<void> check_own(const std::string& store_folder) {
  std::error_code error;
  const bool is_ollamas = fs::exists(fs::path(store_folder) / kOllamaManifests, error) ||
                          has_foreign_manifest(store_folder);
  if (!is_ollamas) return {};
  return fail(Code::kInvalidArgument,
              "the models folder '" + store_folder +
                  "' is Ollama's, too, so nothing is removed from it; set models.folder to a "
                  "folder of its own",
              store_folder);
}

// Whoever holds blobs makes the folder; where it is missing, it is elsewhere, and so is what would
// say what is needed.
Result<void> check_manifests_are_there(const std::string& store_folder) {
  std::error_code error;
  const fs::path folder = fs::path(store_folder) / kManifestsFolder;
  if (fs::exists(folder, error)) return {};
  return fail(Code::kInvalidArgument,
              "there is no folder '" + folder.string() +
                  "', which would say what blobs are needed; bring it back, or make an empty one "
                  "to have all of them removed",
              folder.string());
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
  HEARTH_TRY(ensure_folder(store_folder + "/" + std::string(kManifestsFolder)));
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
  HEARTH_TRY(remove_files(fs::path(store_folder) / kBlobsFolder, removal, is_blob,
                          [&](const std::string& file) { return own.count(file) == 0; }));
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
  HEARTH_TRY(check_manifests_are_there(store_folder));
  HEARTH_TRY(remove_files(fs::path(store_folder) / kBlobsFolder, removal, is_blob,
                          [&](const std::string& name) { return named.count(name) > 0; }));
  const auto all = [](const std::string&) { return true; };
  const auto none = [](const std::string&) { return false; };
  HEARTH_TRY(remove_files(fs::path(store_folder) / kPartialFolder, removal, all, none));
  return removal;
}

}  // namespace hearth::store
