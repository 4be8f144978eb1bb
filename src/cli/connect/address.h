// Where a client on this machine reaches the daemon.
//
// Threads: pure.
// Errors:  kUnavailable where no daemon has a port and the settings name none.
#pragma once

#include <string>

#include "base/result.h"
#include "config/settings.h"

namespace hearth::cli {

// `daemon_url` is what a running daemon says of its port, empty without one: then it is what the
// settings say. Every address of this machine is shown as its loopback; with TLS the host is the
// first of server.hosts, for which the certificate is.
Result<std::string> client_url(const std::string& daemon_url, const config::Settings& settings);

}  // namespace hearth::cli
