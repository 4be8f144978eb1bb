#include "fleet/fit/ranking.h"

#include <algorithm>
#include <tuple>

#include "fleet/fit/model_sheet.h"

namespace hearth::fleet {

namespace {

bool writes(gguf::ModelKind kind) {
  return kind == gguf::ModelKind::kChat || kind == gguf::ModelKind::kText;
}

RankedModel ranked(const Candidate& candidate, const Machine& machine) {
  const Need need(candidate.facts, candidate.seen);
  RankedModel model{.name = candidate.name,
                    .kind = gguf::kind_of(candidate.facts),
                    .parameters = candidate.facts.parameters,
                    .quantisation = candidate.facts.quantisation,
                    .size_bytes = candidate.size_bytes,
                    .context_trained = candidate.facts.context_trained};
  const Fit fit = judge(need, load_request(candidate.facts, candidate.load), machine);
  model.fit = within_training(fit, candidate.asked);
  model.installed = candidate.installed;
  model.loaded = candidate.loaded;
  return model;
}

// Of models that fit, more parameters know more; of others, fewer are nearer to fitting.
auto place_of(const RankedModel& model) {
  const bool fits = model.fit.verdict == Verdict::kFits;
  const double size = static_cast<double>(model.parameters);
  return std::tuple(!writes(model.kind), model.fit.verdict, fits ? -size : size, !model.installed,
                    std::string_view(model.name));
}

}  // namespace

std::vector<RankedModel> rank(const std::vector<Candidate>& candidates, const Machine& machine) {
  std::vector<RankedModel> models;
  for (const Candidate& candidate : candidates)
    models.push_back(ranked(candidate, machine));
  std::sort(models.begin(), models.end(), [](const RankedModel& left, const RankedModel& right) {
    return place_of(left) < place_of(right);
  });
  return models;
}

}  // namespace hearth::fleet
