// Finds the daemon of a home, and starts a private one if there is none. Two commands at once end
// with one daemon: they take turns, and the second finds what the first one started.
//
// Threads: pure system calls.
// Errors:  say what the daemon's log says, or what to do.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "cli/daemon_api.h"
#include "config/home.h"

namespace hearth::cli {

// The key that commands bring, where somebody set one. They need none where they are the user of
// the daemon.
inline constexpr const char* kKeyVariable = "HEARTH_API_KEY";

// Empty when no daemon runs. An error when one is there but does not answer.
Result<std::optional<DaemonApi>> find_daemon(const config::Home& home);

// `executable` is run with `serve --private …` and `arguments`.
Result<DaemonApi> ensure_daemon(const config::Home& home, const std::string& executable,
                                const std::vector<std::string>& arguments);

// Returns once the daemon that was told to stop has let go of its home.
Result<void> wait_until_stopped(const config::Home& home);

}  // namespace hearth::cli
