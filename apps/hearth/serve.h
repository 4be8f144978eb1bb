// `hearth serve` behind its options.
#pragma once

#include "cli/wiring.h"

namespace hearth {

// The exit code.
int serve(const cli::ServeOptions& options);

}  // namespace hearth
