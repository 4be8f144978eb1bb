#include "store/installed.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <system_error>

#include <fmt/format.h>

#include "base/fd.h"
#include "store/manifest/layout.h"
#include "store/manifest/manifest_file.h"
#include "store/manifest/manifest_text.h"
#include "store/name/name_rules.h"
#include "store/name/quant.h"

namespace hearth::store {

namespace {

namespace fs = std::filesystem;

// kCorrupt also for one that stands where another name's manifest has to be.
Result<Manifest> read_at(const fs::path& store_folder, const std::string& file) {
  const std::string path = (store_folder / file).string();
  const std::string text = HEARTH_TRY(base::load_text_file(path, kManifestBytesMax));
  auto manifest = read_manifest(text);
  if (!manifest) return fail(manifest.error().code, manifest.error().message, path);
  if (manifest_path(manifest->name) == file) return manifest;
  return fail(
      Code::kCorrupt,
      "it is the manifest of " + in_quotes(manifest->name.text()) + " in another one's place",
      path);
}

struct ManifestFiles {
  std::vector<std::string> files;  // in the store's folder
  std::vector<std::string> links;  // that lead to no plain file, so that nobody follows them
  std::error_code error;           // there may be more
};

// Not those that somebody was writing when he was killed.
ManifestFiles manifest_files(const fs::path& store_folder) {
  ManifestFiles found;
  fs::recursive_directory_iterator it(store_folder / kManifestsFolder, found.error);
  if (found.error == std::errc::no_such_file_or_directory) found.error.clear();
  for (const fs::recursive_directory_iterator end; !found.error && it != end;
       it.increment(found.error)) {
    std::error_code ignored;
    const std::string file = it->path().lexically_relative(store_folder).string();
    const bool is_file = it->is_regular_file(ignored);
    if (is_file && it->path().extension() == ".json") found.files.push_back(file);
    if (!is_file && it->is_symlink(ignored)) found.links.push_back(file);
  }
  std::sort(found.files.begin(), found.files.end());
  std::sort(found.links.begin(), found.links.end());
  return found;
}

DamagedManifest unlisted(const std::string& store_folder, const std::error_code& error) {
  const std::string folder(kManifestsFolder);
  return {folder, std::nullopt,
          base::errno_error(error.value(), "the folder of the manifests cannot be listed",
                            store_folder + "/" + folder)};
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

// Whether it is the model that leaves its quantisation open, with one.
bool is_one_of(const ModelName& open, const ModelName& name) {
  return name.key().starts_with(open.key() + ":");
}

}  // namespace

Installed::Listing Installed::look() const {
  Listing listing;
  const ManifestFiles found = manifest_files(folder_);
  if (found.error) listing.damaged.push_back(unlisted(folder_, found.error));
  for (const std::string& link : found.links) {
    listing.damaged.push_back(
        {link, std::nullopt,
         make_error(Code::kCorrupt, "it is a link that leads to no file", folder_ + "/" + link)});
  }
  for (const std::string& file : found.files) {
    auto manifest = read_at(folder_, file);
    if (manifest) {
      listing.manifests.push_back(*std::move(manifest));
    } else if (manifest.error().code != Code::kNotFound) {  // else it has been removed meanwhile
      listing.damaged.push_back({file, name_of_place(file), manifest.error()});
    }
  }
  sort_by_name(listing.manifests);
  return listing;
}

Result<std::vector<Manifest>> Installed::list_all() const {
  Listing listing = look();
  if (listing.damaged.empty()) return std::move(listing.manifests);
  const DamagedManifest& damaged = listing.damaged.front();
  return fail(damaged.error.code,
              fmt::format("'{}/{}' cannot be read, so nobody knows what it needs: {}; {}", folder_,
                          damaged.file, damaged.error.message, damaged.advice()),
              damaged.error.context);
}

Result<Manifest> Installed::find(const ModelName& name) const {
  auto exact = load_manifest(folder_, name);
  if (exact || exact.error().code != Code::kNotFound || !leaves_quant_open(name)) return exact;
  Listing there = look();
  std::vector<Manifest>& all = there.manifests;
  std::erase_if(all, [&](const Manifest& manifest) { return !is_one_of(name, manifest.name); });
  if (!all.empty()) {
    return *std::min_element(all.begin(), all.end(), [](const Manifest& a, const Manifest& b) {
      return rank(a) < rank(b);
    });
  }
  for (const DamagedManifest& damaged : there.damaged) {
    if (damaged.name && is_one_of(name, *damaged.name)) return fail(damaged.error);
  }
  return exact;
}

Result<ModelName> Installed::find_name(const ModelName& name) const {
  const auto found = find(name);
  if (found) return found->name;
  std::error_code error;
  if (fs::exists(fs::path(folder_) / manifest_path(name), error)) return name;
  for (const DamagedManifest& damaged : look().damaged) {
    if (damaged.name && leaves_quant_open(name) && is_one_of(name, *damaged.name))
      return *damaged.name;
  }
  return fail(found.error());
}

}  // namespace hearth::store
