// What the daemon tells of a loaded model's work, as text for people. The JSON is the daemon's own
// and is passed on as it is.
//
// Errors:  kUpstream for a reply that is no JSON object; fields that are absent are left out.
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace hearth::cli {

Result<std::string> model_stats_text(std::string_view reply);

}  // namespace hearth::cli
