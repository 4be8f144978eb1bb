#include "store/found/ollama_store.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <set>

#include "store/found/ollama_model.h"
#include "store/name/quant.h"

namespace hearth::store {

namespace {

// What is in the first one hides what the second one says.
constexpr std::array kManifestFolders{"/manifests-v2", "/manifests"};
constexpr std::array kHubHosts{"hf.co", "huggingface.co"};

// Where Ollama keeps a name, but for its tag.
struct Home {
  std::string host;
  std::string space;
  std::string model;
};

std::vector<Home> homes_of(const ModelName& name) {
  if (const auto* registry = std::get_if<RegistryName>(&name.source()))
    return {{registry->host, registry->space, registry->model}};
  if (const auto* docker = std::get_if<DockerName>(&name.source()))
    return {{"docker.io", docker->space, docker->model}};
  std::vector<Home> homes;
  const auto* hub = std::get_if<HuggingFaceName>(&name.source());
  if (hub == nullptr || !hub->revision.empty()) return homes;
  for (const char* host : kHubHosts)
    homes.push_back({host, hub->owner, hub->repository});
  return homes;
}

bool is_model(const FolderEntry& entry) {
  return entry.kind != FolderEntry::Kind::kFolder;
}

void add_tags(const std::string& folder, const Home& home, Look& look,
              std::vector<OllamaManifest>& found) {
  for (const FolderEntry& tag : look.entries(folder)) {
    if (!is_model(tag)) continue;
    auto name = ModelName::parse(home.host + "/" + home.space + "/" + home.model + ":" + tag.name);
    if (name) found.push_back({*std::move(name), folder + "/" + tag.name});
  }
}

std::vector<std::string> subfolders(const std::string& folder, Look& look) {
  std::vector<std::string> names;
  for (FolderEntry& entry : look.entries(folder)) {
    if (entry.kind == FolderEntry::Kind::kFolder) names.push_back(std::move(entry.name));
  }
  return names;
}

void add_all(const std::string& folder, Look& look, std::vector<OllamaManifest>& found) {
  for (const std::string& host : subfolders(folder, look)) {
    const std::string of_host = folder + "/" + host;
    for (const std::string& space : subfolders(of_host, look)) {
      const std::string of_space = of_host + "/" + space;
      for (const std::string& model : subfolders(of_space, look))
        add_tags(of_space + "/" + model, {host, space, model}, look, found);
    }
  }
}

std::optional<std::string> folder_of(const std::string& manifests, const Home& home, Look& look) {
  const auto host = look.subfolder(manifests, home.host);
  const auto space = host ? look.subfolder(*host, home.space) : std::nullopt;
  return space ? look.subfolder(*space, home.model) : std::nullopt;
}

// Lower is better; nothing for a manifest that is not meant.
std::optional<std::size_t> rank(const OllamaManifest& manifest, const ModelName& wanted) {
  if (manifest.name.key() == wanted.key()) return 0;
  const auto* open = std::get_if<HuggingFaceName>(&wanted.source());
  const auto* has = std::get_if<HuggingFaceName>(&manifest.name.source());
  if (open == nullptr || has == nullptr || !open->quant.empty() || !open->file.empty())
    return std::nullopt;
  constexpr std::size_t kLast = std::numeric_limits<std::size_t>::max() - 1;
  return 1 + std::min(quant_rank(has->quant).value_or(kLast), kLast);
}

std::optional<OllamaManifest> best_of(std::vector<OllamaManifest> found, const ModelName& wanted) {
  std::erase_if(found, [&](const OllamaManifest& manifest) { return !rank(manifest, wanted); });
  const auto best = std::min_element(found.begin(), found.end(),
                                     [&](const OllamaManifest& a, const OllamaManifest& b) {
                                       return rank(a, wanted) < rank(b, wanted);
                                     });
  return best == found.end() ? std::nullopt : std::optional(std::move(*best));
}

}  // namespace

std::vector<ModelFile> models_of_ollama(const std::string& folder, Look& look) {
  std::vector<OllamaManifest> found;
  for (const char* manifests : kManifestFolders)
    add_all(folder + manifests, look, found);
  std::vector<ModelFile> models;
  std::set<std::string> names;
  for (const OllamaManifest& manifest : found) {
    if (look.is_over() || !names.insert(manifest.name.key()).second) continue;
    if (auto model = load_ollama_model(folder, manifest)) models.push_back(*std::move(model));
  }
  return models;
}

Result<ModelFile> find_in_ollama(const std::string& folder, const ModelName& name, Look& look) {
  std::vector<OllamaManifest> found;
  for (const char* manifests : kManifestFolders) {
    for (const Home& home : homes_of(name)) {
      const auto tags = folder_of(folder + manifests, home, look);
      if (tags) add_tags(*tags, home, look, found);
    }
  }
  const auto best = best_of(std::move(found), name);
  if (!best) return fail(Code::kNotFound, "it is not in '" + folder + "'");
  return load_ollama_model(folder, *best);
}

}  // namespace hearth::store
