#include "store/damaged_manifest.h"

#include <fmt/format.h>

#include "store/manifest/layout.h"

namespace hearth::store {

std::string DamagedManifest::model() const {
  return name ? name->short_text() : file;
}

std::string DamagedManifest::advice() const {
  if (name) return fmt::format("`hearth rm {}` removes it", name->short_text());
  return "move it away if nobody needs it";
}

std::optional<ModelName> name_of_place(const std::string& file) {
  const std::string folder = std::string(kManifestsFolder) + "/";
  if (!file.starts_with(folder)) return std::nullopt;
  const auto key = unescaped_path(std::string_view(file).substr(folder.size()));
  if (!key) return std::nullopt;
  const auto name = ModelName::parse(*key, PlainHttp::kAllowed);
  if (!name || name->key() != *key) return std::nullopt;
  return *name;
}

}  // namespace hearth::store
