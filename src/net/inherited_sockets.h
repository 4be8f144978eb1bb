// Sockets that a service manager opened before it started us, so that nobody is refused while we
// start: descriptors from 3 on, announced in the environment as systemd does.
//
// Not here: what is told to the service manager (process/service_manager.h).
//
// Errors:  kInvalidArgument for an announcement that cannot be true, and what Listener::adopt says
//          of a descriptor.
// Threads: take_inherited_sockets() is for start-up: once, before anything else is opened.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "net/listener.h"

namespace hearth::net {

// As the environment has them; empty where it has none.
struct SocketTerms {
  std::string pid;    // LISTEN_PID: whom they are for
  std::string count;  // LISTEN_FDS
  std::string names;  // LISTEN_FDNAMES: separated by ':', and fewer than there are at times
};
SocketTerms socket_terms();

// None when they are for another process.
Result<std::vector<Listener>> take_inherited_sockets(const SocketTerms& terms);

}  // namespace hearth::net
