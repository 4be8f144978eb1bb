// How long a model stays loaded after an answer, as requests say it: "300", "5m", "1h30m", "-1".
//
// Errors:  kInvalidArgument for what is no time.
// Threads: pure.
#pragma once

#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace hearth::chat {

// Below zero every time means this; what is longer than any daemon lives means it, too.
inline constexpr base::Duration kForEver{-1};

// A number of seconds, or numbers with units (ms, s, m, h) one behind the other.
Result<base::Duration> parse_keep_alive(std::string_view text);
// Of seconds, whole or not.
base::Duration keep_alive_of(double seconds);

}  // namespace hearth::chat
