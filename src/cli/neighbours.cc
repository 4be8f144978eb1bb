#include "cli/neighbours.h"

#include <limits>
#include <set>

#include "json/node.h"
#include "json/parse.h"
#include "store/name/name_rules.h"
#include "store/ollama/running_ollama.h"

namespace hearth::cli {

namespace {

std::string text_of(const json::Node& object, std::string_view key) {
  const auto member = object.find(key);
  return member && member->is_string() ? std::string(*member->text()) : std::string();
}

std::uint64_t number_of(const json::Node& object, std::string_view key) {
  const auto member = object.find(key);
  if (!member) return 0;
  const auto number = member->integer(0, std::numeric_limits<std::int64_t>::max());
  return static_cast<std::uint64_t>(number.value_or(0));
}

std::vector<NeighbourModel> models_of(const json::Node& object, std::string_view key) {
  std::vector<NeighbourModel> models;
  const auto list = object.find(key);
  if (!list || !list->is_array()) return models;
  const auto elements = list->elements();
  for (const json::Node& one : *elements) {
    if (!one.is_object()) continue;
    models.push_back({text_of(one, "name"), number_of(one, "size_bytes"),
                      number_of(one, "vram_bytes"), text_of(one, "expires")});
  }
  return models;
}

}  // namespace

std::optional<Neighbour> find_ollama(const DaemonApi& daemon) {
  const auto body = daemon.neighbours_json();
  const auto value = body ? json::parse(*body) : json::parse("{}");
  if (!value || !value->is_object()) return std::nullopt;
  const auto ollama = json::Node(*value).find("ollama");
  if (!ollama || !ollama->is_object()) return std::nullopt;
  return Neighbour{text_of(*ollama, "url"), text_of(*ollama, "version"),
                   models_of(*ollama, "models"), models_of(*ollama, "loaded")};
}

std::vector<NeighbourModel> only_there(const Neighbour& ollama,
                                       const std::vector<KnownModel>& known) {
  std::set<std::string> names;
  for (const KnownModel& model : known)
    names.insert(store::lower_case(model.name));
  std::vector<NeighbourModel> models;
  for (const NeighbourModel& model : ollama.models) {
    const auto name = store::name_of_tag(model.name);
    const std::string ours = name ? name->short_text() : model.name;
    if (names.count(store::lower_case(ours)) == 0) models.push_back(model);
  }
  return models;
}

void write_neighbour_models(json::Writer& json, const std::vector<NeighbourModel>& models) {
  json.open('[');
  for (const NeighbourModel& model : models) {
    json.open('{').key("name").text(model.name).key("size_bytes").number(model.size_bytes);
    json.key("vram_bytes").number(model.vram_bytes).key("expires").text(model.expires).close('}');
  }
  json.close(']');
}

}  // namespace hearth::cli
