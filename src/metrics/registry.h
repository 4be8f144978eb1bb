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

#include "base/mutex.h"
#include "metrics/exposition.h"
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
  using Kind = Exposition::Kind;
  struct Family;
  struct Series;
  Series& series(Kind kind, Name name, Labels labels) REQUIRES_LOCK(mutex_);

  mutable base::Mutex mutex_;
  std::map<std::string, std::unique_ptr<Family>, std::less<>> families_ GUARDED_BY(mutex_);
};

}  // namespace hearth::metrics
