// So many bytes in a second, for everybody together: who wants to hand bytes on books a place in
// one line of time and waits for it. Whoever asks first is first, so threads share evenly; what
// nobody has used is not saved up for a burst.
//
// Threads: thread-safe; wait() blocks its caller.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/cancellation.h"
#include "base/clock.h"
#include "base/mutex.h"

namespace hearth::net {

class RateLimit {
 public:
  // 0 is no limit.
  explicit RateLimit(std::uint64_t bytes_per_second_max);

  // When bytes that are asked for at `now` may be handed on.
  base::TimePoint book(std::size_t bytes, base::TimePoint now);
  // False when it was cancelled before they may; their place is then lost to all.
  bool wait(std::size_t bytes, const base::CancelToken& cancel);

  // At most so many at once are even: a tenth of a second's, within what a reader can use.
  std::size_t piece_bytes_max() const;

 private:
  const std::uint64_t bytes_per_second_max_;
  base::Mutex mutex_;
  base::TimePoint free_at_ GUARDED_BY(mutex_){};
};

}  // namespace hearth::net
