#include "store/pull/extent_set.h"

#include <algorithm>
#include <iterator>

namespace hearth::store {

void ExtentSet::add(Extent extent) {
  if (extent.empty()) return;
  auto at = ends_.upper_bound(extent.begin);
  if (at != ends_.begin() && std::prev(at)->second >= extent.begin) --at;
  while (at != ends_.end() && at->first <= extent.end) {
    extent.begin = std::min(extent.begin, at->first);
    extent.end = std::max(extent.end, at->second);
    total_ -= at->second - at->first;
    at = ends_.erase(at);
  }
  ends_.emplace_hint(at, extent.begin, extent.end);
  total_ += extent.size();
}

void ExtentSet::clear() {
  ends_.clear();
  total_ = 0;
}

std::uint64_t ExtentSet::prefix() const {
  return !ends_.empty() && ends_.begin()->first == 0 ? ends_.begin()->second : 0;
}

Extent ExtentSet::first_gap(std::uint64_t size) const {
  const std::uint64_t begin = std::min(prefix(), size);
  const auto next = ends_.upper_bound(begin);
  return {begin, next == ends_.end() ? size : std::min(next->first, size)};
}

std::vector<Extent> ExtentSet::extents() const {
  std::vector<Extent> all;
  for (const auto& [begin, end] : ends_)
    all.push_back({begin, end});
  return all;
}

std::vector<Extent> ExtentSet::without(const ExtentSet& other) const {
  std::vector<Extent> left;
  for (const auto& [first, end] : ends_) {
    std::uint64_t begin = first;
    auto there = other.ends_.upper_bound(begin);
    if (there != other.ends_.begin()) --there;
    for (; there != other.ends_.end() && there->first < end; ++there) {
      if (there->second <= begin) continue;
      if (there->first > begin) left.push_back({begin, there->first});
      begin = std::min(there->second, end);
    }
    if (begin < end) left.push_back({begin, end});
  }
  return left;
}

}  // namespace hearth::store
