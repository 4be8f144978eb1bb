#include "store/default_model.h"

namespace hearth::store {

namespace {

bool is_found(const ModelRival& model) {
  return is_other_program(model.holder);
}

bool is_installed(const ModelRival& model) {
  return !model.built_in && !is_found(model);
}

std::optional<DefaultModel> largest(std::span<const ModelRival> models,
                                    bool (*fits)(const ModelRival& model)) {
  std::optional<DefaultModel> best;
  std::size_t rivals = 0;
  for (std::size_t i = 0; i < models.size(); ++i) {
    if (!fits(models[i])) continue;
    ++rivals;
    if (!best || models[i].size_bytes > models[best->place].size_bytes) best = DefaultModel{i};
  }
  if (best) best->rivals = rivals;
  return best;
}

}  // namespace

std::optional<DefaultModel> find_default_model(std::span<const ModelRival> models) {
  auto best = largest(models, is_installed);
  if (!best) best = largest(models, is_found);
  if (best) return best;
  return largest(models,
                 [](const ModelRival& model) { return model.built_in && model.name == kEmber; });
}

}  // namespace hearth::store
