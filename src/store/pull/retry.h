// When a failed request is tried again.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/error.h"
#include "store/pull/blob_download.h"

namespace hearth::store {

inline constexpr std::int64_t kPauseMsMax = 30'000;
inline constexpr std::int64_t kRetryAfterMsMax = 120'000;  // what a server can ask for

struct FailedTry {
  unsigned in_a_row = 1;  // without a byte of progress, this one included
  std::optional<std::int64_t> retry_after_ms;
};

// How long to wait before the next attempt; nothing: it was the last one. `chance` is any number.
std::optional<std::int64_t> pause_after(const FailedTry& failed, const DownloadOptions& options,
                                        std::uint32_t chance);

// Whether what went wrong on the web can be right the next time.
bool passes(Code code);

}  // namespace hearth::store
