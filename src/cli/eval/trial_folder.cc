#include "cli/eval/trial_folder.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace hearth::cli {

namespace fs = std::filesystem;

Result<TrialFolder> TrialFolder::make(const std::map<std::string, std::string>& files) {
  std::error_code failed;
  std::string path = (fs::temp_directory_path(failed) / "hearth-eval-XXXXXX").string();
  if (failed || ::mkdtemp(path.data()) == nullptr) {
    return fail(Code::kUnavailable, "no folder for a trial could be made at " + path);
  }
  TrialFolder folder(path);
  for (const auto& [name, content] : files) {
    const fs::path file = fs::path(path) / name;
    fs::create_directories(file.parent_path(), failed);
    std::ofstream out(file, std::ios::binary);
    if (!(out << content).flush()) return fail(Code::kUnavailable, "cannot write " + file.string());
  }
  return folder;
}

TrialFolder::~TrialFolder() {
  std::error_code ignored;
  if (!path_.empty()) fs::remove_all(path_, ignored);
}

TrialFolder::TrialFolder(TrialFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}

std::map<std::string, std::string> TrialFolder::files() const {
  std::map<std::string, std::string> files;
  std::error_code failed;
  for (fs::recursive_directory_iterator at(path_, failed), end; !failed && at != end;
       at.increment(failed)) {
    if (at->is_symlink(failed) || !at->is_regular_file(failed)) continue;
    std::ifstream in(at->path(), std::ios::binary);
    std::string content(kTrialFileBytesMost, '\0');
    in.read(content.data(), static_cast<std::streamsize>(content.size()));
    content.resize(static_cast<std::size_t>(in.gcount()));
    files[fs::relative(at->path(), path_, failed).string()] = std::move(content);
  }
  return files;
}

}  // namespace hearth::cli
