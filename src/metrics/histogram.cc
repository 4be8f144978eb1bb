#include "metrics/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>

#include "base/result.h"

namespace hearth::metrics {

namespace {

constexpr int kMantissaBits = 52;
constexpr int kExponentBias = 1023;
// The bits of a double above the mantissa's last 48 number the buckets of the whole number line;
// this is the number of the first one we keep.
constexpr std::uint64_t kFirstBucket = static_cast<std::uint64_t>(kLeastExponent + kExponentBias)
                                       << kSubBits;

// Buckets are open below and closed above, as a scraper's `le` wants it: the double just below
// a bound still has the bits of the bucket that the bound closes.
std::size_t bucket_of(double value) {
  if (!(value > 0)) return 0;
  const std::uint64_t bits = std::bit_cast<std::uint64_t>(value) - 1;
  const std::uint64_t bucket = bits >> (kMantissaBits - kSubBits);
  if (bucket < kFirstBucket) return 0;
  return std::min<std::uint64_t>(bucket - kFirstBucket, kBuckets - 1);
}

double lower_bound_of(std::size_t bucket) {
  return std::bit_cast<double>((kFirstBucket + bucket) << (kMantissaBits - kSubBits));
}

template <typename Better>
void keep(std::atomic<double>& kept, double value, Better better) {
  double seen = kept.load(std::memory_order_relaxed);
  while (better(value, seen) &&
         !kept.compare_exchange_weak(seen, value, std::memory_order_relaxed)) {
  }
}

}  // namespace

void Histogram::record(double value) {
  if (!std::isfinite(value) || value < 0) value = 0;
  buckets_[bucket_of(value)].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
  keep(most_, value, [](double a, double b) { return a > b; });
  keep(least_, value, [](double a, double b) { return a < b; });
}

HistogramSnapshot Histogram::snapshot() const {
  HistogramSnapshot shot;
  shot.buckets.resize(kBuckets);
  for (std::size_t i = 0; i < kBuckets; ++i) {
    shot.buckets[i] = buckets_[i].load(std::memory_order_relaxed);
    shot.count += shot.buckets[i];
  }
  shot.sum = sum_.load(std::memory_order_relaxed);
  if (shot.count > 0) shot.least = least_.load(std::memory_order_relaxed);
  shot.most = most_.load(std::memory_order_relaxed);
  return shot;
}

double HistogramSnapshot::percentile(double q) const {
  if (count == 0) return 0;
  const double wanted = std::ceil(std::clamp(q, 0.0, 1.0) * static_cast<double>(count));
  const auto rank = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(wanted));
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < buckets.size(); ++i) {
    below += buckets[i];
    if (below < rank) continue;
    const double middle = (lower_bound_of(i) + lower_bound_of(i + 1)) / 2;
    return std::clamp(middle, least, std::max(least, most));
  }
  return most;
}

std::uint64_t HistogramSnapshot::count_up_to_power(int exponent) const {
  HEARTH_ASSERT(exponent >= kLeastExponent && exponent <= kMostExponent);
  const auto end = static_cast<std::size_t>(exponent - kLeastExponent) << kSubBits;
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < std::min(end, buckets.size()); ++i)
    total += buckets[i];
  return total;
}

}  // namespace hearth::metrics
