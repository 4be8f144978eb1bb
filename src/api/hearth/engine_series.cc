#include "api/hearth/engine_series.h"

#include <array>
#include <cstdint>

#include "metrics/exposition.h"

namespace hearth::api {

namespace {

using Counts = fleet::RunnerCounts;
using metrics::Exposition;
using Kind = Exposition::Kind;

constexpr std::string_view kPrefix = "hearth_engine_";
constexpr std::string_view kMilliseconds = "_ms";

template <typename T>
struct Series {
  metrics::Name name;
  Kind kind;
  T Counts::* member;
};

constexpr std::array kLarge{
    Series<std::uint64_t>{
        {"hearth_engine_steps_total", "Steps computed"}, Kind::kCounter, &Counts::steps},
    Series<std::uint64_t>{{"hearth_engine_steps_aborted_total", "Steps stopped in their middle"},
                          Kind::kCounter,
                          &Counts::steps_aborted},
    Series<std::uint64_t>{{"hearth_engine_prompt_tokens_total", "Tokens of prompts"},
                          Kind::kCounter,
                          &Counts::prompt_tokens},
    Series<std::uint64_t>{
        {"hearth_engine_cached_tokens_total", "Tokens of prompts that need not be computed"},
        Kind::kCounter,
        &Counts::cached_tokens},
    Series<std::uint64_t>{{"hearth_engine_completion_tokens_total", "Tokens of answers"},
                          Kind::kCounter,
                          &Counts::completion_tokens},
    Series<std::uint64_t>{
        {"hearth_engine_preempted_total", "Times a request gave its place to another"},
        Kind::kCounter,
        &Counts::preempted},
    Series<std::uint64_t>{{"hearth_engine_prefix_hits_total", "Prompts found in the prefix cache"},
                          Kind::kCounter,
                          &Counts::prefix_hits},
    Series<std::uint64_t>{{"hearth_engine_prefix_ram_bytes", "Prefix cache in memory"},
                          Kind::kGauge,
                          &Counts::prefix_ram_bytes},
    Series<std::uint64_t>{{"hearth_engine_prefix_disk_bytes", "Prefix cache on disk"},
                          Kind::kGauge,
                          &Counts::prefix_disk_bytes},
    Series<std::uint64_t>{{"hearth_engine_resident_bytes", "Memory of the runner"},
                          Kind::kGauge,
                          &Counts::resident_bytes},
};

constexpr std::array kSmall{
    Series<std::uint32_t>{
        {"hearth_engine_running", "Requests that are computed"}, Kind::kGauge, &Counts::running},
    Series<std::uint32_t>{{"hearth_engine_waiting", "Requests that wait to be admitted"},
                          Kind::kGauge,
                          &Counts::waiting},
    Series<std::uint32_t>{{"hearth_engine_kv_tokens_used", "Tokens in the pool"},
                          Kind::kGauge,
                          &Counts::kv_tokens_used},
    Series<std::uint32_t>{{"hearth_engine_kv_tokens", "Tokens that the pool holds"},
                          Kind::kGauge,
                          &Counts::kv_tokens},
};

template <typename List>
void append_counts(Exposition& text, const List& list, const std::vector<ModelCounts>& models) {
  for (const auto& series : list) {
    text.begin(series.name, series.kind);
    for (const ModelCounts& one : models)
      text.value({{"model", one.model}}, std::uint64_t{one.counts.*series.member});
  }
}

// Scrapers count in seconds.
std::string series_name(std::string_view figure) {
  std::string name(kPrefix);
  if (!figure.ends_with(kMilliseconds)) return name.append(figure);
  return name.append(figure.substr(0, figure.size() - kMilliseconds.size())).append("_seconds");
}

}  // namespace

std::string engine_series(const std::vector<ModelCounts>& models) {
  if (models.empty()) return {};
  Exposition text;
  append_counts(text, kLarge, models);
  append_counts(text, kSmall, models);
  for (const wire::FigureField& field : wire::kFigureFields) {
    const auto ladder =
        field.name.ends_with(kMilliseconds) ? metrics::kMillisecondsLadder : metrics::kTokensLadder;
    text.begin({series_name(field.name), field.help}, Kind::kHistogram);
    for (const ModelCounts& one : models)
      text.histogram({{"model", one.model}}, one.counts.figures.*field.member, ladder);
  }
  return text.take();
}

}  // namespace hearth::api
