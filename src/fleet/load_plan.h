// How a model is loaded: what the daemon's settings say of all models, and what the model's own
// directions say, which go before. It looks at no file.
//
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "store/model_file.h"
#include "wire/messages.h"

namespace hearth::fleet {

struct LoadPlan {
  wire::Load load;                 // without its cache folder
  std::vector<std::string> parts;  // every file of a divided model; empty for an undivided one
  std::vector<std::string> adapters;
  // Empty for a file that is loaded as the settings say. Otherwise a short name for what differs,
  // the same for the same: two models of one file may need a runner each.
  std::string variant;
};

// Parameters that mean nothing here, or whose values cannot be, change nothing.
LoadPlan plan_load(const wire::Load& settings, const store::ModelFile& model);

}  // namespace hearth::fleet
