#include "store/found/found_models.h"

#include <array>
#include <set>

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

std::array<Kind, 3> kinds_of(const FoundPlaces& places) {
  return {Kind{places.ollama, models_of_ollama, find_in_ollama},
          Kind{places.lm_studio, models_of_lm_studio, find_in_lm_studio},
          Kind{places.hub_caches, models_of_hub_cache, find_in_hub_cache}};
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
  Look look;
  Result<ModelFile> answer = fail(Code::kNotFound, "nobody on this machine has it");
  for (const Kind& kind : kinds_of(places_)) {
    for (const std::string& folder : kind.folders) {
      auto found = kind.find(folder, name, look);
      if (found) return found;
      if (answer.error().code == Code::kNotFound) answer = std::move(found);
    }
  }
  return answer;
}

}  // namespace hearth::store
