// The command line: parses it, runs one command, and turns its outcome into an exit code.
//
// Threads: call it from the main thread, once.
#pragma once

#include "cli/console.h"
#include "cli/wiring.h"

namespace hearth::cli {

// 0 done, 1 failed, 2 wrong usage, 130 cancelled.
int run(int argc, const char* const* argv, Console& console, const Wiring& wiring);

}  // namespace hearth::cli
