#include "cli/quantize/work_folder.h"

#include <cerrno>

#include <fmt/format.h>
#include <unistd.h>

#include "base/fd.h"

namespace hearth::cli::quantize {

Result<WorkFolder> WorkFolder::make(const Plan& plan) {
  WorkFolder folder(HEARTH_TRY(store::MakingFolder::make(plan.target)));
  if (plan.files.size() == 1) {
    folder.files_ = plan.files;
    return folder;
  }
  const std::string& path = folder.folder_.path();
  for (std::size_t part = 0; part < plan.files.size(); ++part) {
    folder.files_.push_back(
        fmt::format("{}/source-{:05}-of-{:05}.gguf", path, part + 1, plan.files.size()));
    if (::symlink(plan.files[part].c_str(), folder.files_.back().c_str()) == 0) continue;
    return fail(base::errno_error(errno, "cannot make a link in '" + path + "'", path));
  }
  return folder;
}

}  // namespace hearth::cli::quantize
