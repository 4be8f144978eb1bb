// The names under which llama-server's metrics are scraped, beside Hearth's own: one series per
// model, because there are several. What llama-server measures since the last scrape is measured
// since the model was loaded: two scrapers do not spoil each other.
//
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "api/hearth/engine_series.h"

namespace hearth::api::llamacpp {

std::string server_series(const std::vector<ModelCounts>& models);

}  // namespace hearth::api::llamacpp
