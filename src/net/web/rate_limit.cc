#include "net/web/rate_limit.h"

#include <algorithm>

#include "base/cancellable_sleep.h"

namespace hearth::net {

namespace {

// libcurl takes buffers from 1 KiB; beyond 256 KiB nothing gets faster.
constexpr std::size_t kPieceBytesMin = 1024;
constexpr std::size_t kPieceBytesMax = 256 * 1024;
constexpr std::uint64_t kPiecesPerSecond = 10;

}  // namespace

RateLimit::RateLimit(std::uint64_t bytes_per_second_max)
    : bytes_per_second_max_(bytes_per_second_max) {}

base::TimePoint RateLimit::book(std::size_t bytes, base::TimePoint now) {
  if (bytes_per_second_max_ == 0) return now;
  const double seconds = static_cast<double>(bytes) / static_cast<double>(bytes_per_second_max_);
  const auto taken = std::chrono::ceil<base::Duration>(std::chrono::duration<double>(seconds));
  const base::Lock lock(mutex_);
  const base::TimePoint begin = std::max(now, free_at_);
  free_at_ = begin + taken;
  return begin;
}

bool RateLimit::wait(std::size_t bytes, const base::CancelToken& cancel) {
  if (bytes_per_second_max_ == 0) return !cancel.cancelled();
  return base::sleep_until(book(bytes, base::system_clock().now()), cancel);
}

std::size_t RateLimit::piece_bytes_max() const {
  if (bytes_per_second_max_ == 0) return kPieceBytesMax;
  return std::clamp<std::uint64_t>(bytes_per_second_max_ / kPiecesPerSecond, kPieceBytesMin,
                                   kPieceBytesMax);
}

}  // namespace hearth::net
