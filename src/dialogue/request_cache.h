// The latest of what was made for requests, by a text that has all that decides it: clients send
// the same tools with every request.
//
// Threads: thread-safe.
// Limits:  kRequestsKept, kRequestKeyBytesMax.
#pragma once

#include <algorithm>
#include <list>
#include <optional>
#include <string>
#include <utility>

#include "base/mutex.h"

namespace hearth::dialogue {

inline constexpr std::size_t kRequestsKept = 16;
inline constexpr std::size_t kRequestKeyBytesMax = 256 * 1024;

template <typename Made>
class RequestCache {
 public:
  std::optional<Made> find(const std::string& key) {
    const base::Lock lock(mutex_);
    const auto known = std::find_if(entries_.begin(), entries_.end(),
                                    [&](const auto& entry) { return entry.first == key; });
    if (known == entries_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, known);
    return known->second;
  }

  void add(std::string key, const Made& made) {
    if (key.size() > kRequestKeyBytesMax) return;
    const base::Lock lock(mutex_);
    entries_.emplace_front(std::move(key), made);
    if (entries_.size() > kRequestsKept) entries_.pop_back();
  }

 private:
  base::Mutex mutex_;
  std::list<std::pair<std::string, Made>> entries_ GUARDED_BY(mutex_);  // latest first
};

}  // namespace hearth::dialogue
