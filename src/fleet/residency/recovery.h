// What fails again and again, by crashing or not loading, is left alone for a while: at first not
// at all, since one bad request or a lack of memory passes, then longer each time.
//
// Threads: pure; the time is told.
// Errors:  kUnavailable, with for how long.
#pragma once

#include <deque>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace hearth::fleet {

class Recovery {
 public:
  static constexpr std::size_t kFreeFailures = 10;  // within kMemory, without a pause
  static constexpr base::Duration kMemory = std::chrono::minutes(5);
  static constexpr base::Duration kPauseMax = std::chrono::minutes(1);

  void failed(const std::string& key, base::TimePoint now);
  // Somebody knows better.
  void forgive(const std::string& key) { failures_.erase(key); }
  // `name` is for people.
  Result<void> may_start(const std::string& key, const std::string& name, base::TimePoint now);

 private:
  std::map<std::string, std::deque<base::TimePoint>> failures_;  // no older than kMemory
};

}  // namespace hearth::fleet
