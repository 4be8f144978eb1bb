#include "catalog.h"

#include <sstream>
#include <string>

#include "config/runners.h"

namespace hearth {

namespace {

// HEARTH_BUILT_IN_MODELS is what models/*/SHA256SUMS say: "name=digest name=digest".
store::BuiltInModels built_in_models() {
  store::BuiltInModels models{
      config::share_folder(config::system_environment(), config::own_executable()) + "/models", {}};
  std::istringstream entries(HEARTH_BUILT_IN_MODELS);
  for (std::string entry; entries >> entry;) {
    const std::size_t sign = entry.find('=');
    models.entries.push_back({entry.substr(0, sign), entry.substr(sign + 1)});
  }
  return models;
}

}  // namespace

store::Catalog make_catalog(const config::Home& home, const config::Settings& settings) {
  const std::string& set = settings.text(config::Key::kModelsFolder);
  const bool found = settings.text(config::Key::kModelsFound) == "yes";
  return store::Catalog(
      set.empty() ? home.models_folder() : set, built_in_models(), home.aliases_file(),
      found ? store::places_of(config::system_environment()) : store::FoundPlaces{});
}

}  // namespace hearth
