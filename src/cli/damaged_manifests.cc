#include "cli/damaged_manifests.h"

#include <fmt/format.h>

namespace hearth::cli {

namespace {

constexpr std::string_view kKey = "damaged_manifests";

Result<std::string> text_of(const json::Node& object, std::string_view key) {
  const json::Node node = HEARTH_TRY(object.require(key));
  return std::string(HEARTH_TRY(node.text()));
}

}  // namespace

Result<std::vector<DamagedManifest>> read_damaged(const json::Node& object) {
  std::vector<DamagedManifest> damaged;
  const auto list = object.find(kKey);
  if (!list) return damaged;
  for (const json::Node& node : HEARTH_TRY(list->elements())) {
    DamagedManifest each;
    each.model = HEARTH_TRY(text_of(node, "model"));
    each.problem = HEARTH_TRY(text_of(node, "problem"));
    each.advice = HEARTH_TRY(text_of(node, "advice"));
    damaged.push_back(std::move(each));
  }
  return damaged;
}

void write_damaged(json::Writer& json, const std::vector<DamagedManifest>& damaged) {
  if (damaged.empty()) return;
  json.key(kKey).open('[');
  for (const DamagedManifest& each : damaged) {
    json.open('{').key("model").text(each.model).key("problem").text(each.problem);
    json.key("advice").text(each.advice).close('}');
  }
  json.close(']');
}

std::string damaged_text(const DamagedManifest& damaged) {
  return fmt::format("{}: {}; {}", damaged.model, damaged.problem, damaged.advice);
}

}  // namespace hearth::cli
