// Counters, gauges and histograms by name, and their text in the Prometheus exposition format
// 0.0.4. It does not push anything anywhere and keeps no history.
//
//   Counter& replies = registry.counter({"hearth_http_replies_total", "Replies sent"},
//                                       {{"route", "/v1/models"}, {"status", "200"}});
//   replies.add();
//
// Ownership:  the registry owns every instrument; references stay valid as long as it lives.
// Threads:    thread-safe. Finding an instrument takes a lock, using it is one atomic operation.
// Invariants: one name has one kind and one help; the same name and labels are one instrument.
// Limits:     kSeriesMax label sets per name; further ones share one whose labels say "other", so
//             that labels a client can choose never fill the memory.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "metrics/histogram.h"

namespace hearth::metrics {

inline constexpr std::size_t kSeriesMax = 200;

class Counter {
 public:
  void add(std::uint64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

class Gauge {
 public:
  void set(double value) { value_.store(value, std::memory_order_relaxed); }
  void add(double amount) { value_.fetch_add(amount, std::memory_order_relaxed); }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

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
};
inline constexpr Ladder kSecondsLadder{-10, 10};  // 1 ms to 17 min
inline constexpr Ladder kTokensLadder{0, 17};     // 1 to 131,072

using Labels = std::vector<std::pair<std::string, std::string>>;

class Registry {
 public:
  Registry();
  ~Registry();
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  Counter& counter(Name name, Labels labels = {});
  Gauge& gauge(Name name, Labels labels = {});
  Histogram& histogram(Name name, Labels labels = {}, Ladder ladder = kSecondsLadder);

  // Everything, by name and then by labels.
  std::string text() const;

 private:
  struct Family;
  struct Series;
  enum class Kind : std::uint8_t;
  Series& series(Kind kind, Name name, Labels labels) REQUIRES_LOCK(mutex_);

  mutable base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>, std::less<>> families_ GUARDED_BY(mutex_);
};

}  // namespace hearth::metrics
