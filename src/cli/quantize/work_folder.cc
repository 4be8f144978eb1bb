#include "cli/quantize/work_folder.h"

#include <cerrno>
#include <filesystem>

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::cli::quantize {

namespace fs = std::filesystem;

Result<WorkFolder> WorkFolder::make(const Plan& plan) {
  const fs::path target(plan.target);
  WorkFolder folder(
      (target.parent_path() / ("." + target.filename().string() + ".making")).string());
  std::error_code error;
  fs::remove_all(folder.path_, error);
  if (::mkdir(folder.path_.c_str(), 0700) != 0) {
    return fail(
        base::errno_error(errno, "cannot make the folder '" + folder.path_ + "'", folder.path_));
  }
  if (plan.files.size() == 1) {
    folder.files_ = plan.files;
    return folder;
  }
  for (std::size_t part = 0; part < plan.files.size(); ++part) {
    folder.files_.push_back(
        fmt::format("{}/source-{:05}-of-{:05}.gguf", folder.path_, part + 1, plan.files.size()));
    if (::symlink(plan.files[part].c_str(), folder.files_.back().c_str()) == 0) continue;
    return fail(
        base::errno_error(errno, "cannot make a link in '" + folder.path_ + "'", folder.path_));
  }
  return folder;
}

WorkFolder::~WorkFolder() {
  if (path_.empty()) return;
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace hearth::cli::quantize
