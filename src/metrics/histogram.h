// How long things take, kept so that a percentile can be told: a log-linear histogram over
// positive numbers, one bucket per sixteenth of an octave.
//
// Invariants: every recorded number is counted once; a percentile is within 1/32 (3.2 %) of a
//             number that was recorded at that rank, while numbers stay in [kLeast, kMost].
// Limits:     kLeast … kMost; what is below or above counts at the end, and the smallest and
//             largest ever seen are kept exactly.
// Threads:    thread-safe and lock-free; a snapshot taken while others record may be some
//             counts behind.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

namespace hearth::metrics {

inline constexpr int kSubBits = 4;          // 16 buckets per octave
inline constexpr int kLeastExponent = -20;  // 2^-20, about a microsecond when seconds are counted
inline constexpr int kMostExponent = 20;    // 2^20, a million
inline constexpr std::size_t kBuckets = static_cast<std::size_t>(kMostExponent - kLeastExponent)
                                        << kSubBits;

struct HistogramSnapshot {
  std::uint64_t count = 0;
  double sum = 0;
  double least = 0;
  double most = 0;
  std::vector<std::uint64_t>
      buckets;  // bucket i holds (bound(i), bound(i + 1)]; none is empty ones

  // q from 0 to 1; 0 when nothing was recorded.
  double percentile(double q) const;
  double mean() const { return count == 0 ? 0 : sum / static_cast<double>(count); }
  // How many numbers were at most 2^exponent. REQUIRES: kLeastExponent ≤ exponent ≤ kMostExponent.
  std::uint64_t count_up_to_power(int exponent) const;
};

class Histogram {
 public:
  // What is not finite or is below zero counts as zero.
  void record(double value);
  HistogramSnapshot snapshot() const;

 private:
  std::array<std::atomic<std::uint64_t>, kBuckets> buckets_{};
  std::atomic<double> sum_{0};
  std::atomic<double> least_{std::numeric_limits<double>::infinity()};
  std::atomic<double> most_{0};
};

}  // namespace hearth::metrics
