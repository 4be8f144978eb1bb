#include "metrics/registry.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/result.h"

namespace hearth::metrics {

enum class Registry::Kind : std::uint8_t { kCounter, kGauge, kHistogram };

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

// A help line ends at a newline; a label value also at a quote.
enum class Where { kHelp, kLabel };

std::string escaped(std::string_view text, Where where) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && where == Where::kLabel) {
      out += "\\\"";
    } else {
      out += c;
    }
  }
  return out;
}

std::string number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  return fmt::format("{}", value);
}

// `{a="x",b="y"}`, or nothing without labels.
std::string braces(const Labels& labels) {
  if (labels.empty()) return {};
  std::string out = "{";
  for (const auto& [key, value] : labels) {
    if (out.size() > 1) out += ',';
    out += fmt::format("{}=\"{}\"", key, escaped(value, Where::kLabel));
  }
  return out + '}';
}

void append_histogram(std::string& out, std::string_view name, const Labels& labels,
                      const Histogram& histogram, Ladder ladder) {
  const HistogramSnapshot shot = histogram.snapshot();
  Labels bounded = labels;
  bounded.emplace_back("le", "");
  for (int exponent = ladder.first; exponent <= ladder.last; ++exponent) {
    bounded.back().second = number(std::ldexp(1.0, exponent));
    out += fmt::format("{}_bucket{} {}\n", name, braces(bounded), shot.count_up_to_power(exponent));
  }
  bounded.back().second = "+Inf";
  out += fmt::format("{}_bucket{} {}\n", name, braces(bounded), shot.count);
  out += fmt::format("{}_sum{} {}\n", name, braces(labels), number(shot.sum));
  out += fmt::format("{}_count{} {}\n", name, braces(labels), shot.count);
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
  constexpr std::string_view kKindNames[] = {"counter", "gauge", "histogram"};
  const base::Lock lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    out += fmt::format("# HELP {} {}\n", name, escaped(family->help, Where::kHelp));
    out += fmt::format("# TYPE {} {}\n", name, kKindNames[static_cast<int>(family->kind)]);
    for (const auto& [labels, one] : family->series) {
      if (one.counter) out += fmt::format("{}{} {}\n", name, braces(labels), one.counter->value());
      if (one.gauge) {
        out += fmt::format("{}{} {}\n", name, braces(labels), number(one.gauge->value()));
      }
      if (one.histogram) append_histogram(out, name, labels, *one.histogram, family->ladder);
    }
  }
  return out;
}

}  // namespace hearth::metrics
