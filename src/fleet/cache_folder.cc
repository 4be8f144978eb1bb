#include "fleet/cache_folder.h"

#include <cerrno>

#include <sys/stat.h>

#include "base/fd.h"

namespace hearth::fleet {

namespace {

constexpr mode_t kMode = 0700;

Result<void> ensure_folder(const std::string& path) {
  if (::mkdir(path.c_str(), kMode) == 0 || errno == EEXIST) return {};
  return fail(base::errno_error(errno, "cannot create '" + path + "'", path));
}

}  // namespace

Result<std::string> ensure_cache_folder(const std::string& parent, const store::ModelFile& model) {
  std::string folder = parent + "/" + std::to_string(model.file_number) + "-" +
                       std::to_string(model.size_bytes) + "-" + std::to_string(model.modified_ms);
  HEARTH_TRY(ensure_folder(parent));
  HEARTH_TRY(ensure_folder(folder));
  return folder;
}

}  // namespace hearth::fleet
