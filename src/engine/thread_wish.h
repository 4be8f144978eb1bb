// How many of its threads the engine computes with, from its next step on: whoever runs it may say
// so at any time.
//
// Threads: thread-safe.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace hearth::engine {

class ThreadWish {
 public:
  // 0 is all.
  void say(std::uint32_t threads) { wished_.store(threads, std::memory_order_relaxed); }
  // Of so many: at least one.
  std::uint32_t of(std::uint32_t most) const {
    const std::uint32_t wished = wished_.load(std::memory_order_relaxed);
    return wished == 0 ? most : std::min(wished, most);
  }

 private:
  std::atomic<std::uint32_t> wished_{0};
};

}  // namespace hearth::engine
