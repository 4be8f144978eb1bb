#include "api/ollama/names.h"

#include "net/http_message.h"

namespace hearth::api::ollama {

namespace {

constexpr std::string_view kLatest = ":latest";

const provider::ModelEntry* find_entry(const std::vector<provider::ModelEntry>& models,
                                       std::string_view name) {
  for (const provider::ModelEntry& model : models) {
    if (net::equals_ignoring_case(model.name, name)) return &model;
  }
  return nullptr;
}

}  // namespace

std::string shown_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  const std::string_view last = slash == std::string_view::npos ? name : name.substr(slash + 1);
  std::string shown(name);
  if (last.find(':') == std::string_view::npos) shown += kLatest;
  return shown;
}

std::string own_name(const std::string& name, const provider::Provider& provider) {
  if (!name.ends_with(kLatest)) return name;
  const auto models = provider.models();
  if (find_entry(models, name) != nullptr) return name;
  const std::string_view stem(name.data(), name.size() - kLatest.size());
  const provider::ModelEntry* entry = find_entry(models, stem);
  return entry == nullptr ? name : entry->name;
}

}  // namespace hearth::api::ollama
