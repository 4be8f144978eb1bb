// What the runners have counted and measured, as text for a scraper: one series per model.
//
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "fleet/status.h"

namespace hearth::api {

struct ModelCounts {
  std::string model;
  fleet::RunnerCounts counts;
};

std::string engine_series(const std::vector<ModelCounts>& models);

}  // namespace hearth::api
