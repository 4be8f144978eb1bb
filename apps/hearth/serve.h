// The daemon, put together: the one place that names its concrete classes.
//
// Threads: runs on the caller's thread until it is told to stop.
#pragma once

#include "cli/wiring.h"

namespace hearth {

// The exit code. Writes one byte to options.ready_fd once it answers.
int serve(const cli::ServeOptions& options);

}  // namespace hearth
