#include "api/ollama/names.h"

#include "api/core/model_entries.h"

namespace hearth::api::ollama {

std::string shown_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  std::string shown(name);
  if (last.find(':') == std::string_view::npos) shown += kLatestTag;
  return shown;
}

std::string own_name(const std::string& name, const provider::Provider& provider) {
  if (!name.ends_with(kLatestTag)) return name;
  const auto models = provider.models();
  const provider::ModelEntry* entry = find_entry(models, name);
  return entry == nullptr ? name : entry->name;
}

}  // namespace hearth::api::ollama
