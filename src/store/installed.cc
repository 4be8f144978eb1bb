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

// kCorrupt also for one that stands where another name's manifest has to be.
Result<Manifest> read_at(const std::string& store_folder, const fs::path& path) {
  const std::string text = HEARTH_TRY(base::load_text_file(path.string(), kManifestBytesMax));
  auto manifest = read_manifest(text);
  if (!manifest) return fail(manifest.error().code, manifest.error().message, path.string());
  if (fs::path(store_folder) / manifest_path(manifest->name) == path) return manifest;
  return fail(Code::kCorrupt, "it is no manifest of this place", path.string());
}

// Not those that somebody was writing when he was killed.
std::vector<fs::path> manifests_below(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".json" && it->is_regular_file(error))
      paths.push_back(it->path());
  }
  return paths;
}

void sort_by_name(std::vector<Manifest>& manifests) {
  std::sort(manifests.begin(), manifests.end(),
            [](const Manifest& a, const Manifest& b) { return a.name.key() < b.name.key(); });
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
  for (const fs::path& path : manifests_below(fs::path(folder_) / kManifestsFolder)) {
    if (auto manifest = read_at(folder_, path)) all.push_back(*std::move(manifest));
  }
  sort_by_name(all);
  return all;
}

Result<std::vector<Manifest>> Installed::list_all() const {
  std::vector<Manifest> all;
  for (const fs::path& path : manifests_below(fs::path(folder_) / kManifestsFolder)) {
    auto manifest = read_at(folder_, path);
    if (!manifest) {
      return fail(manifest.error().code,
                  "the manifest '" + path.string() + "' cannot be read: " +
                      manifest.error().message + ". Move it away if nobody needs it",
                  path.string());
    }
    all.push_back(*std::move(manifest));
  }
  sort_by_name(all);
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
