#include "fleet/load_plan.h"

#include <algorithm>
#include <cstdint>

#include <fmt/format.h>

#include "base/fnv.h"
#include "base/number_text.h"
#include "store/manifest/manifest.h"

namespace hearth::fleet {

namespace {

constexpr std::int64_t kContextMost = 16 * 1024 * 1024;
constexpr std::int64_t kThreadsMost = 1024;
constexpr std::int64_t kLayersMost = 100'000;

void take(const store::Parameter& parameter, wire::Load& load) {
  if (parameter.name == "num_ctx") {
    const auto tokens = base::number_in<std::int64_t>(parameter.value, 1, kContextMost);
    if (!tokens) return;
    load.context = static_cast<std::uint32_t>(*tokens);
    // A pool that somebody made larger stays so.
    if (load.kv_tokens != 0) load.kv_tokens = std::max(load.kv_tokens, load.context);
  } else if (parameter.name == "num_thread") {
    const auto threads = base::number_in<std::int64_t>(parameter.value, 1, kThreadsMost);
    if (threads) load.threads = static_cast<std::uint32_t>(*threads);
  } else if (parameter.name == "num_gpu") {
    const auto layers = base::number_in<std::int64_t>(parameter.value, -1, kLayersMost);
    if (layers) load.gpu_layers = static_cast<std::int32_t>(*layers);
  }
}

std::string variant_of(const LoadPlan& plan, const wire::Load& settings) {
  const wire::Load& load = plan.load;
  const bool same = plan.adapters.empty() && load.chat_template == settings.chat_template &&
                    load.context == settings.context && load.kv_tokens == settings.kv_tokens &&
                    load.threads == settings.threads && load.gpu_layers == settings.gpu_layers;
  if (same) return "";
  std::string all = fmt::format("{} {} {} {}\n{}", load.context, load.kv_tokens, load.threads,
                                load.gpu_layers, load.chat_template);
  for (const std::string& adapter : plan.adapters)
    all += '\0' + adapter;
  return fmt::format("{:x}", base::fnv1a(all));
}

}  // namespace

LoadPlan plan_load(const wire::Load& settings, const store::ModelFile& model) {
  LoadPlan plan{settings, {}, model.adapters, {}};
  plan.load.model = model.name;
  if (!model.more_parts.empty()) {
    plan.parts = {model.path};
    plan.parts.insert(plan.parts.end(), model.more_parts.begin(), model.more_parts.end());
  }
  if (model.manifest) {
    const store::Directions& directions = model.manifest->directions;
    if (!directions.chat_template.empty()) plan.load.chat_template = directions.chat_template;
    for (const store::Parameter& parameter : directions.parameters)
      take(parameter, plan.load);
  }
  plan.variant = variant_of(plan, settings);
  return plan;
}

}  // namespace hearth::fleet
