#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "process/service_manager.h"

namespace hearth::process {

namespace {

// More than a year is no watch, and half of it still fits into every clock.
constexpr std::int64_t kWatchUsMax = 365LL * 24 * 3600 * 1'000'000;

std::string variable(const char* name) {
  const char* const value = std::getenv(name);
  return value != nullptr ? value : "";
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  const bool whole = error == std::errc() && stop == end && number > 0;
  return whole ? std::optional(number) : std::nullopt;
}

// The name of an abstract socket begins with a zero, and all bytes that are given belong to it.
Result<std::string> address_of(const std::string& socket) {
  const bool is_path = socket.starts_with('/');
  const bool is_abstract = socket.starts_with('@') && socket.size() > 1;
  if ((!is_path && !is_abstract) || socket.size() >= sizeof(sockaddr_un::sun_path)) {
    return fail(Code::kInvalidArgument,
                "NOTIFY_SOCKET is \"" + socket.substr(0, sizeof(sockaddr_un::sun_path)) +
                    "\", which is no Unix socket; unset it, or start this as a service");
  }
  std::string address = socket;
  if (is_abstract) address[0] = '\0';
  return address;
}

Result<std::optional<base::Duration>> interval_of(const ServiceTerms& terms) {
  std::optional<base::Duration> none;
  if (terms.watchdog_us.empty()) return none;
  const auto watch = number_in(terms.watchdog_us);
  if (!watch || *watch > kWatchUsMax) {
    return fail(Code::kInvalidArgument,
                "WATCHDOG_USEC is \"" + terms.watchdog_us.substr(0, 40) +
                    "\", which is no number of microseconds; unset it, or correct WatchdogSec");
  }
  // The watch may be on another process that has our environment.
  const bool ours = terms.watchdog_pid.empty() || number_in(terms.watchdog_pid) == ::getpid();
  if (!ours) return none;
  return std::optional<base::Duration>(std::chrono::microseconds(*watch) / 2);
}

}  // namespace

ServiceTerms service_terms() {
  return {variable("NOTIFY_SOCKET"), variable("WATCHDOG_USEC"), variable("WATCHDOG_PID")};
}

Result<ServiceManager> ServiceManager::create(const ServiceTerms& terms) {
  ServiceManager manager;
  if (terms.notify_socket.empty()) return manager;
  manager.address_ = HEARTH_TRY(address_of(terms.notify_socket));
  manager.watch_interval_ = HEARTH_TRY(interval_of(terms));
  manager.socket_.reset(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!manager.socket_) {
    return fail(base::errno_error(errno, "cannot make a socket for the service manager"));
  }
  return manager;
}

Result<void> ServiceManager::tell(std::string_view news) const {
  if (!socket_) return {};
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, address_.data(), address_.size());
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  while (::sendto(socket_.get(), news.data(), news.size(), MSG_NOSIGNAL,
                  reinterpret_cast<const sockaddr*>(&address), size) < 0) {
    if (errno != EINTR) return fail(base::errno_error(errno, "the service manager is not told"));
  }
  return {};
}

}  // namespace hearth::process
