#include "store/installed.h"

#include <algorithm>
#include <filesystem>
#include <limits>

#include "base/fd.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/manifest/manifest_text.h"
#include "store/name/quant.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

// A manifest that stands where a name's manifest has to be; of anything else nothing is said.
std::optional<Manifest> read_at(const std::string& store_folder, const fs::path& path) {
  const auto text = base::load_text_file(path.string(), kManifestBytesMax);
  if (!text) return std::nullopt;
  auto manifest = read_manifest(*text);
  if (!manifest || fs::path(store_folder) / manifest_path(manifest->name) != path)
    return std::nullopt;
  return *std::move(manifest);
}

// The lower, the rather it is taken.
std::size_t rank(const Manifest& manifest) {
  const auto* name = std::get_if<HuggingFaceName>(&manifest.name.source());
  const auto place = name != nullptr ? quant_rank(name->quant) : std::nullopt;
  return place.value_or(std::numeric_limits<std::size_t>::max());
}

bool leaves_quant_open(const ModelName& name) {
  const auto* source = std::get_if<HuggingFaceName>(&name.source());
  return source != nullptr && source->quant.empty() && source->file.empty();
}

}  // namespace

std::vector<Manifest> Installed::list() const {
  std::vector<Manifest> all;
  std::error_code error;
  const fs::path root = fs::path(folder_) / kManifestsFolder;
  for (fs::recursive_directory_iterator it(root, error), end; !error && it != end;
       it.increment(error)) {
    if (!it->is_regular_file(error)) continue;
    if (auto manifest = read_at(folder_, it->path())) all.push_back(*std::move(manifest));
  }
  std::sort(all.begin(), all.end(),
            [](const Manifest& a, const Manifest& b) { return a.name.key() < b.name.key(); });
  return all;
}

Result<Manifest> Installed::find(const ModelName& name) const {
  auto exact = load_manifest(folder_, name);
  if (exact || exact.error().code != Code::kNotFound || !leaves_quant_open(name)) return exact;
  std::vector<Manifest> all = list();
  const std::string beginning = name.key() + ":";
  std::erase_if(
      all, [&](const Manifest& manifest) { return !manifest.name.key().starts_with(beginning); });
  if (all.empty()) return exact;
  return *std::min_element(all.begin(), all.end(),
                           [](const Manifest& a, const Manifest& b) { return rank(a) < rank(b); });
}

}  // namespace hearth::store
