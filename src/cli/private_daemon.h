// Starts a daemon of our own in the background and waits until it is ready. It does not ask
// whether one runs already (daemon.h does).
//
// Threads: pure system calls.
// Errors:  kUnavailable with the end of the daemon's log when it does not get ready.
// Limits:  below.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

inline constexpr int kDaemonReadyTimeoutMs = 30'000;
inline constexpr std::size_t kLogTailLines = 8;
// A log above this is set aside as *.old before the next daemon writes to it.
inline constexpr std::size_t kLogBytesMax = 8 * 1024 * 1024;

struct PrivateDaemon {
  std::string executable;
  std::vector<std::string> arguments;  // for `serve`, beyond what is always given
  std::string log_path;
};

// The daemon writes one byte to its --ready-fd once it answers; closing it without is failure.
Result<void> start_private_daemon(const PrivateDaemon& daemon);

// The last lines of what stands in the log after `offset`, each indented for a message.
std::string log_tail(const std::string& text, std::size_t lines_max);

}  // namespace hearth::cli
