#include "store/pull/retry.h"

#include <algorithm>

namespace hearth::store {

std::optional<std::int64_t> pause_after(const FailedTry& failed, const DownloadOptions& options,
                                        std::uint32_t chance) {
  if (failed.in_a_row >= options.attempts) return std::nullopt;
  std::int64_t pause = std::clamp<std::int64_t>(options.first_pause_ms, 0, kPauseMsMax);
  for (unsigned i = 1; i < failed.in_a_row && pause < kPauseMsMax; ++i)
    pause *= 2;
  pause = std::min(pause, kPauseMsMax);
  // Between half of it and all, so that many who failed together do not come back together.
  pause -= static_cast<std::int64_t>((static_cast<std::uint64_t>(pause) / 2 * chance) >> 32);
  return std::max(pause, std::min(failed.retry_after_ms.value_or(0), kRetryAfterMsMax));
}

bool passes(Code code) {
  return code == Code::kUnavailable || code == Code::kUpstream || code == Code::kDeadlineExceeded;
}

}  // namespace hearth::store
