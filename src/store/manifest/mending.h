// How a file of a model comes back that is damaged or gone.
//
// Threads: pure.
#pragma once

#include <string>

#include "store/manifest/manifest.h"

namespace hearth::store {

// "`hearth pull NAME` fetches it anew", or what to make it of again.
std::string how_to_mend(const Manifest& manifest);

}  // namespace hearth::store
