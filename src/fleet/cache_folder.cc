#include "fleet/cache_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "base/fd.h"
#include "base/log.h"

namespace hearth::fleet {

namespace {

namespace fs = std::filesystem;

std::uint64_t bytes_in(const fs::path& folder) {
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code unreadable;
    const std::uint64_t size = entry->file_size(unreadable);
    if (!unreadable) bytes += size;
  }
  return bytes;
}

}  // namespace

std::string file_key(const store::ModelFile& model) {
  char name[64];
  std::snprintf(name, sizeof name, "%llx-%llx-%llx",
                static_cast<unsigned long long>(model.file_number),
                static_cast<unsigned long long>(model.size_bytes),
                static_cast<unsigned long long>(model.modified_ms));
  return name;
}

std::string cache_name(const store::ModelFile& model, std::string_view variant) {
  return variant.empty() ? file_key(model) : file_key(model) + "-" + std::string(variant);
}

std::string ensure_cache_folder(const std::string& root, const std::string& name) {
  if (root.empty()) return "";
  const std::string folder = root + "/" + name;
  for (const std::string& path : {root, folder}) {
    if (::mkdir(path.c_str(), 0700) == 0 || errno == EEXIST) continue;
    const Error error = base::errno_error(errno, "cannot make the folder " + path);
    log::warning("prefixes are not kept on disk", {{"error", error.to_string()}});
    return "";
  }
  ::utimensat(AT_FDCWD, folder.c_str(), nullptr, 0);
  return folder;
}

void prune_cache_folders(const std::string& root, const std::vector<std::string>& used,
                         std::uint64_t bytes_max) {
  struct Folder {
    fs::file_time_type used_at;
    fs::path path;
    std::uint64_t bytes;
  };
  std::vector<Folder> folders;
  std::uint64_t sum = 0;
  std::error_code error;
  for (fs::directory_iterator entry(root, error), end; !error && entry != end;
       entry.increment(error)) {
    if (entry->is_symlink(error) || !entry->is_directory(error)) continue;
    folders.push_back({entry->last_write_time(error), entry->path(), bytes_in(entry->path())});
    sum += folders.back().bytes;
  }
  std::sort(folders.begin(), folders.end(), [](const Folder& a, const Folder& b) {
    return std::pair(a.used_at, a.path) < std::pair(b.used_at, b.path);
  });
  for (const Folder& folder : folders) {
    if (sum <= bytes_max) return;
    if (std::find(used.begin(), used.end(), folder.path.string()) != used.end()) continue;
    fs::remove_all(folder.path, error);
    sum -= folder.bytes;
  }
}

}  // namespace hearth::fleet
