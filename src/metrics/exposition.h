// The text that a scraper reads: the Prometheus exposition format 0.0.4, family by family.
//
//   Exposition text;
//   text.begin({"hearth_steps_total", "Steps"}, Exposition::Kind::kCounter);
//   text.value({{"model", "tiny"}}, 7.0);
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "metrics/histogram.h"

namespace hearth::metrics {

// Names are [a-z_][a-z0-9_]*, by convention hearth_…, with the unit last and `_total` for counts.
struct Name {
  std::string_view name;
  std::string_view help;
};

// The powers of two that a scraper sees as `le` bounds. They are bounds of real buckets, so the
// counts are exact.
struct Ladder {
  int first = -10;
  int last = 10;
  double divisor = 1;  // of bounds and sum: 1000 shows as seconds what was recorded in milliseconds
};
inline constexpr Ladder kSecondsLadder{-10, 10};           // 1 ms to 17 min
inline constexpr Ladder kMillisecondsLadder{0, 17, 1000};  // 1 ms to 131 s
inline constexpr Ladder kTokensLadder{0, 17};              // 1 to 131,072

using Labels = std::vector<std::pair<std::string, std::string>>;

class Exposition {
 public:
  enum class Kind : std::uint8_t { kCounter, kGauge, kHistogram };

  // What follows belongs to this family. A family begins once.
  void begin(Name name, Kind kind);
  void value(const Labels& labels, std::uint64_t value);
  void value(const Labels& labels, double value);
  void histogram(const Labels& labels, const HistogramSnapshot& shot, Ladder ladder);
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
  std::string name_;
};

}  // namespace hearth::metrics
