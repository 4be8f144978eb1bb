#include "metrics/exposition.h"

#include <cmath>

#include <fmt/format.h>

namespace hearth::metrics {

namespace {

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

}  // namespace

void Exposition::begin(Name name, Kind kind) {
  constexpr std::string_view kKindNames[] = {"counter", "gauge", "histogram"};
  name_ = name.name;
  text_ += fmt::format("# HELP {} {}\n", name_, escaped(name.help, Where::kHelp));
  text_ += fmt::format("# TYPE {} {}\n", name_, kKindNames[static_cast<int>(kind)]);
}

void Exposition::value(const Labels& labels, std::uint64_t value) {
  text_ += fmt::format("{}{} {}\n", name_, braces(labels), value);
}

void Exposition::value(const Labels& labels, double value) {
  text_ += fmt::format("{}{} {}\n", name_, braces(labels), number(value));
}

void Exposition::histogram(const Labels& labels, const HistogramSnapshot& shot, Ladder ladder) {
  Labels bounded = labels;
  bounded.emplace_back("le", "");
  const auto bucket = [&](std::string bound, std::uint64_t count) {
    bounded.back().second = std::move(bound);
    text_ += fmt::format("{}_bucket{} {}\n", name_, braces(bounded), count);
  };
  for (int exponent = ladder.first; exponent <= ladder.last; ++exponent)
    bucket(number(std::ldexp(1.0, exponent) / ladder.divisor), shot.count_up_to_power(exponent));
  bucket("+Inf", shot.count);
  text_ += fmt::format("{}_sum{} {}\n", name_, braces(labels), number(shot.sum / ladder.divisor));
  text_ += fmt::format("{}_count{} {}\n", name_, braces(labels), shot.count);
}

}  // namespace hearth::metrics
