// Parameters that ask for more than the model or this machine has: they are kept as they are, what
// is more is not given when the model is loaded, and who makes the model is told.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "store/manifest/directions.h"

namespace hearth::store {

struct ParameterCaps {
  std::uint64_t context_trained = 0;  // tokens; 0: nobody knows
  std::uint64_t processors = 0;       // that a runner may use; 0: nobody knows
};

// One note for each parameter that is capped.
std::vector<std::string> notes_on_capped(const std::vector<Parameter>& parameters,
                                         const ParameterCaps& caps);

}  // namespace hearth::store
