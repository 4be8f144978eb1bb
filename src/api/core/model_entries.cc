#include "api/core/model_entries.h"

#include <algorithm>

#include "net/http_message.h"

namespace hearth::api {

const provider::ModelEntry* find_entry(const std::vector<provider::ModelEntry>& models,
                                       std::string_view name) {
  const auto found = std::ranges::find_if(models, [&](const provider::ModelEntry& model) {
    return net::equals_ignoring_case(model.name, name);
  });
  if (found != models.end()) return &*found;
  if (!name.ends_with(kLatestTag)) return nullptr;
  return find_entry(models, name.substr(0, name.size() - kLatestTag.size()));
}

}  // namespace hearth::api
