#include "api/llamacpp/series.h"

#include <algorithm>

#include "metrics/exposition.h"

namespace hearth::api::llamacpp {

namespace {

using Counts = fleet::RunnerCounts;
using Kind = metrics::Exposition::Kind;

constexpr double kMillisecond = 1000;

double computed_prompt(const Counts& counts) {
  return static_cast<double>(counts.prompt_tokens -
                             std::min(counts.prompt_tokens, counts.cached_tokens));
}
double prompt_seconds(const Counts& counts) {
  return counts.figures.prefill_ms.sum / kMillisecond;
}
double answer_seconds(const Counts& counts) {
  return counts.figures.token_ms.sum / kMillisecond;
}
double rate(double count, double seconds) {
  return seconds > 0 ? count / seconds : 0;
}

struct Series {
  metrics::Name name;
  Kind kind;
  double (*value)(const Counts& counts);
};

constexpr Series kSeries[] = {
    {{"llamacpp:prompt_tokens_total", "Tokens of prompts that were computed"},
     Kind::kCounter,
     computed_prompt},
    {{"llamacpp:prompt_tokens_cached_total", "Tokens of prompts that need not be computed"},
     Kind::kCounter,
     [](const Counts& counts) { return static_cast<double>(counts.cached_tokens); }},
    {{"llamacpp:prompt_seconds_total", "Time that prompts took"}, Kind::kCounter, prompt_seconds},
    {{"llamacpp:tokens_predicted_total", "Tokens of answers"},
     Kind::kCounter,
     [](const Counts& counts) { return static_cast<double>(counts.completion_tokens); }},
    {{"llamacpp:tokens_predicted_seconds_total", "Time that answers took"},
     Kind::kCounter,
     answer_seconds},
    {{"llamacpp:n_decode_total", "Steps computed"},
     Kind::kCounter,
     [](const Counts& counts) { return static_cast<double>(counts.steps); }},
    {{"llamacpp:n_tokens_max", "Tokens of the longest prompt"},
     Kind::kCounter,
     [](const Counts& counts) { return counts.figures.prompt_tokens.most; }},
    {{"llamacpp:n_busy_slots_per_decode", "Answers that a step made a token for, on average"},
     Kind::kGauge,
     [](const Counts& counts) { return counts.figures.step_writers.mean(); }},
    {{"llamacpp:prompt_tokens_seconds", "Tokens of prompts computed in a second, on average"},
     Kind::kGauge,
     [](const Counts& counts) { return rate(computed_prompt(counts), prompt_seconds(counts)); }},
    {{"llamacpp:predicted_tokens_seconds", "Tokens of an answer in a second, on average"},
     Kind::kGauge,
     [](const Counts& counts) {
       return rate(static_cast<double>(counts.completion_tokens), answer_seconds(counts));
     }},
    {{"llamacpp:requests_processing", "Requests that are computed"},
     Kind::kGauge,
     [](const Counts& counts) { return static_cast<double>(counts.running); }},
    {{"llamacpp:requests_deferred", "Requests that wait to be admitted"},
     Kind::kGauge,
     [](const Counts& counts) { return static_cast<double>(counts.waiting); }},
};

}  // namespace

std::string server_series(const std::vector<ModelCounts>& models) {
  if (models.empty()) return {};
  metrics::Exposition text;
  for (const Series& series : kSeries) {
    text.begin(series.name, series.kind);
    for (const ModelCounts& one : models)
      text.value({{"model", one.model}}, series.value(one.counts));
  }
  return text.take();
}

}  // namespace hearth::api::llamacpp
