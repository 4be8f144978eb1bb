#include "store/found/look.h"

#include <algorithm>
#include <filesystem>

#include <sys/stat.h>

#include "base/utf8.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

// What the folder itself says of its entry, so that mostly nothing else is asked. Links first:
// the others would follow them.
std::optional<FolderEntry::Kind> kind_of(const fs::directory_entry& entry) {
  std::error_code error;
  if (entry.is_symlink(error)) return FolderEntry::Kind::kLink;
  if (entry.is_directory(error)) return FolderEntry::Kind::kFolder;
  if (entry.is_regular_file(error)) return FolderEntry::Kind::kFile;
  return std::nullopt;
}

bool is_folder(const std::string& path) {
  struct stat facts{};
  return ::lstat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode);
}

}  // namespace

std::vector<FolderEntry> Look::entries(const std::string& folder) {
  std::vector<FolderEntry> found;
  std::error_code error;
  std::size_t seen = 0;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (is_over() || ++seen > folder_entries_max_) break;
    --entries_left_;
    std::string name = it->path().filename().string();
    if (name.starts_with('.') || !base::is_utf8(name)) continue;
    if (const auto kind = kind_of(*it)) found.push_back({std::move(name), *kind});
  }
  std::sort(found.begin(), found.end(),
            [](const FolderEntry& a, const FolderEntry& b) { return a.name < b.name; });
  return found;
}

std::optional<std::string> Look::subfolder(const std::string& folder, std::string_view name) {
  std::string exact = folder + "/" + std::string(name);
  if (is_folder(exact)) return exact;
  const std::string wanted = lower_case(name);
  for (const FolderEntry& entry : entries(folder)) {
    if (entry.kind == FolderEntry::Kind::kFolder && lower_case(entry.name) == wanted)
      return folder + "/" + entry.name;
  }
  return std::nullopt;
}

}  // namespace hearth::store
