#include "fleet/residency/recovery.h"

#include <algorithm>
#include <chrono>

#include <fmt/format.h>

namespace hearth::fleet {

namespace {

// 1, 2, 4 … seconds after those that are free.
base::Duration pause_after(std::size_t failures) {
  if (failures <= Recovery::kFreeFailures) return {};
  base::Duration pause = std::chrono::seconds(1);
  for (std::size_t i = Recovery::kFreeFailures + 1; i < failures && pause < Recovery::kPauseMax;
       ++i)
    pause *= 2;
  return std::min(pause, Recovery::kPauseMax);
}

}  // namespace

void Recovery::failed(const std::string& key, base::TimePoint now) {
  std::deque<base::TimePoint>& times = failures_[key];
  times.push_back(now);
  while (now - times.front() > kMemory)
    times.pop_front();
}

Result<void> Recovery::may_start(const std::string& key, const std::string& name,
                                 base::TimePoint now) {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return {};
  const std::deque<base::TimePoint>& times = found->second;
  if (now - times.back() > kMemory) {
    failures_.erase(found);
    return {};
  }
  const base::Duration left = times.back() + pause_after(times.size()) - now;
  if (left <= base::Duration::zero()) return {};
  return fail(
      Code::kUnavailable,
      fmt::format("'{}' has failed {} times within minutes and is left alone for {} s; "
                  "`hearth load {}` tries it at once, and its log says why it fails",
                  name, times.size(), std::chrono::ceil<std::chrono::seconds>(left).count(), name));
}

}  // namespace hearth::fleet
