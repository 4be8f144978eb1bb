#include "store/found/found_models.h"

#include <array>
#include <set>
#include <span>

#include "store/found/hub_cache.h"
#include "store/found/lm_studio.h"
#include "store/found/look.h"
#include "store/found/ollama_store.h"
#include "store/name/name_rules.h"

namespace hearth::store {

namespace {

// One kind of holder: its folders, and how they are read.
struct Kind {
  const std::vector<std::string>& folders;
  std::vector<ModelFile> (*list)(const std::string& folder, Look& look);
  Result<ModelFile> (*find)(const std::string& folder, const ModelName& name, Look& look);
};

// Ollama first.
std::array<Kind, 3> kinds_of(const FoundPlaces& places) {
  return {Kind{places.ollama, models_of_ollama, find_in_ollama},
          Kind{places.lm_studio, models_of_lm_studio, find_in_lm_studio},
          Kind{places.hub_caches, models_of_hub_cache, find_in_hub_cache}};
}

// With the first that has it; else what was wrong with it where it could not be used.
Result<ModelFile> find_with(std::span<const Kind> kinds, const ModelName& name) {
  Look look;
  Result<ModelFile> answer = fail(Code::kNotFound, "nobody on this machine has it");
  for (const Kind& kind : kinds) {
    for (const std::string& folder : kind.folders) {
      auto found = kind.find(folder, name, look);
      if (found) return found;
      if (answer.error().code == Code::kNotFound) answer = std::move(found);
    }
  }
  return answer;
}

}  // namespace

std::vector<ModelFile> FoundModels::list() const {
  Look look;
  std::vector<ModelFile> models;
  std::set<std::string> names;
  for (const Kind& kind : kinds_of(places_)) {
    for (const std::string& folder : kind.folders) {
      for (ModelFile& model : kind.list(folder, look)) {
        if (names.insert(lower_case(model.name)).second) models.push_back(std::move(model));
      }
    }
  }
  return models;
}

Result<ModelFile> FoundModels::find(const ModelName& name) const {
  return find_with(kinds_of(places_), name);
}

Result<ModelFile> FoundModels::find_at_ollama(const ModelName& name) const {
  const auto kinds = kinds_of(places_);
  return find_with(std::span(kinds).first(1), name);
}

}  // namespace hearth::store
