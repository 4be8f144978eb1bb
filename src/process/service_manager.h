// The service manager that started us (systemd): what it wants to hear, and how often. Each piece
// of news is a datagram to the socket it named; where it named none, nobody is told.
//
// Not here: the sockets that it opened for us (net/inherited_sockets.h).
//
// Threads: thread-compatible.
// Errors:  kInvalidArgument for a socket or a time that cannot be one; otherwise what errno says.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/fd.h"
#include "base/result.h"

namespace hearth::process {

// As the environment has them; empty where it has none.
struct ServiceTerms {
  std::string notify_socket;  // NOTIFY_SOCKET: an absolute path, or '@' and an abstract name
  std::string watchdog_us;    // WATCHDOG_USEC
  std::string watchdog_pid;   // WATCHDOG_PID
};
ServiceTerms service_terms();

class ServiceManager {
 public:
  static Result<ServiceManager> create(const ServiceTerms& terms);

  // Lines of NAME=value, such as "READY=1\nSTATUS=at work". Never waits.
  Result<void> tell(std::string_view news) const;
  // At the latest after this long it has to hear "WATCHDOG=1" again, and again; half of what it
  // gives us. Nothing when it does not watch.
  std::optional<base::Duration> watch_interval() const { return watch_interval_; }

 private:
  ServiceManager() = default;

  Fd socket_;  // none: nobody wants to hear anything
  std::string address_;
  std::optional<base::Duration> watch_interval_;
};

}  // namespace hearth::process
