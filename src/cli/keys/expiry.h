// Until when a key is good, as people write it: "30d", "12h", "2w", or a day, "2027-01-31", on
// which it ends at 00:00 UTC.
//
// Errors:  kInvalidArgument says what can be written.
// Threads: pure.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace hearth::cli {

Result<std::int64_t> parse_expiry(std::string_view text, std::int64_t now_ms);

}  // namespace hearth::cli
