#include "metrics/registry.h"

#include <algorithm>

#include "base/result.h"

namespace hearth::metrics {

struct Registry::Series {
  // Only the one that the family's kind names is there.
  std::unique_ptr<Counter> counter;
  std::unique_ptr<Gauge> gauge;
  std::unique_ptr<Histogram> histogram;
};

struct Registry::Family {
  Kind kind{};
  std::string help;
  Ladder ladder;
  std::map<Labels, Series> series;
};

namespace {

bool is_name(std::string_view name) {
  const auto letter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  return !name.empty() && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return letter(c) || (c >= '0' && c <= '9');
  });
}

}  // namespace

Registry::Registry() = default;
Registry::~Registry() = default;

Registry::Series& Registry::series(Kind kind, Name name, Labels labels) {
  auto found = families_.find(name.name);
  if (found == families_.end()) {
    HEARTH_ASSERT(is_name(name.name));
    auto family = std::make_unique<Family>();
    family->kind = kind;
    family->help = std::string(name.help);
    found = families_.emplace(std::string(name.name), std::move(family)).first;
  }
  Family& family = *found->second;
  HEARTH_ASSERT(family.kind == kind);
  std::sort(labels.begin(), labels.end());
  for (const auto& [key, value] : labels)
    HEARTH_ASSERT(is_name(key));
  if (family.series.size() >= kSeriesMax && !family.series.contains(labels)) {
    for (auto& [key, value] : labels)
      value = "other";
  }
  return family.series[std::move(labels)];
}

Counter& Registry::counter(Name name, Labels labels) {
  const base::Lock lock(mutex_);
  Series& found = series(Kind::kCounter, name, std::move(labels));
  if (!found.counter) found.counter = std::make_unique<Counter>();
  return *found.counter;
}

Gauge& Registry::gauge(Name name, Labels labels) {
  const base::Lock lock(mutex_);
  Series& found = series(Kind::kGauge, name, std::move(labels));
  if (!found.gauge) found.gauge = std::make_unique<Gauge>();
  return *found.gauge;
}

Histogram& Registry::histogram(Name name, Labels labels, Ladder ladder) {
  const base::Lock lock(mutex_);
  Series& found = series(Kind::kHistogram, name, std::move(labels));
  if (!found.histogram) {
    found.histogram = std::make_unique<Histogram>();
    families_.find(name.name)->second->ladder = ladder;
  }
  return *found.histogram;
}

std::string Registry::text() const {
  const base::Lock lock(mutex_);
  Exposition out;
  for (const auto& [name, family] : families_) {
    out.begin({name, family->help}, family->kind);
    for (const auto& [labels, one] : family->series) {
      if (one.counter) out.value(labels, one.counter->value());
      if (one.gauge) out.value(labels, one.gauge->value());
      if (one.histogram) out.histogram(labels, one.histogram->snapshot(), family->ladder);
    }
  }
  return out.take();
}

}  // namespace hearth::metrics
