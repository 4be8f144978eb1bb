#include "net/listener.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace hearth::net {

namespace {

constexpr int kBacklog = 1024;
constexpr mode_t kSocketMode = 0600;  // only the same user

struct Address {
  sockaddr_storage storage{};
  socklen_t size = 0;
  sockaddr* raw() { return reinterpret_cast<sockaddr*>(&storage); }
};

Result<Address> tcp_address(const std::string& host, std::uint16_t port) {
  const std::string text = host == "localhost" ? "127.0.0.1" : host;
  Address address;
  auto* v4 = reinterpret_cast<sockaddr_in*>(&address.storage);
  auto* v6 = reinterpret_cast<sockaddr_in6*>(&address.storage);
  if (::inet_pton(AF_INET, text.c_str(), &v4->sin_addr) == 1) {
    v4->sin_family = AF_INET;
    v4->sin_port = htons(port);
    address.size = sizeof(sockaddr_in);
    return address;
  }
  if (::inet_pton(AF_INET6, text.c_str(), &v6->sin6_addr) == 1) {
    v6->sin6_family = AF_INET6;
    v6->sin6_port = htons(port);
    address.size = sizeof(sockaddr_in6);
    return address;
  }
  return fail(
      Code::kInvalidArgument,
      fmt::format("\"{}\" is no address to listen on; give one such as 127.0.0.1 or ::1", host));
}

Result<Address> unix_address(const std::string& path) {
  Address address;
  auto* local = reinterpret_cast<sockaddr_un*>(&address.storage);
  if (path.empty() || path.size() >= sizeof(local->sun_path)) {
    return fail(Code::kInvalidArgument,
                fmt::format("the socket path \"{}\" has {} bytes; the system takes 1 to {}, so "
                            "choose a shorter home",
                            path, path.size(), sizeof(local->sun_path) - 1));
  }
  local->sun_family = AF_UNIX;
  std::memcpy(local->sun_path, path.c_str(), path.size() + 1);
  address.size = sizeof(sockaddr_un);
  return address;
}

Result<Fd> open_socket(int family) {
  Fd fd(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fail(base::errno_error(errno, "cannot make a socket"));
  return fd;
}

std::uint16_t port_of(int fd) {
  Address address;
  address.size = sizeof(address.storage);
  ::getsockname(fd, address.raw(), &address.size);
  if (address.storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<sockaddr_in*>(&address.storage)->sin_port);
  }
  return ntohs(reinterpret_cast<sockaddr_in6*>(&address.storage)->sin6_port);
}

// Whether a live process accepts on the socket file; only ECONNREFUSED proves that none does.
Result<void> check_stale(const std::string& path, Address address) {
  struct stat info{};
  if (::lstat(path.c_str(), &info) != 0) return {};
  if (!S_ISSOCK(info.st_mode)) {
    return fail(Code::kAlreadyExists,
                fmt::format("{} exists and is not a socket; move it away", path), path);
  }
  const Fd probe = HEARTH_TRY(open_socket(AF_UNIX));
  if (::connect(probe.get(), address.raw(), address.size) == 0 || errno == EAGAIN) {
    return fail(Code::kAlreadyExists,
                fmt::format("a server is already listening on {}; stop it first", path), path);
  }
  if (errno == ECONNREFUSED) return {};
  return fail(base::errno_error(errno, "cannot tell whether " + path + " is in use", path));
}

PeerKind kind_of(const sockaddr_storage& peer) {
  if (peer.ss_family == AF_UNIX) return PeerKind::kUnixSocket;
  if (peer.ss_family == AF_INET) {
    const auto address = ntohl(reinterpret_cast<const sockaddr_in&>(peer).sin_addr.s_addr);
    return address >> 24 == 127 ? PeerKind::kLoopback : PeerKind::kNetwork;
  }
  const auto& address = reinterpret_cast<const sockaddr_in6&>(peer).sin6_addr;
  return IN6_IS_ADDR_LOOPBACK(&address) ? PeerKind::kLoopback : PeerKind::kNetwork;
}

std::string name_of(const sockaddr_storage& peer) {
  char text[INET6_ADDRSTRLEN] = {};
  if (peer.ss_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(peer);
    ::inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(v4.sin_port));
  }
  if (peer.ss_family == AF_INET6) {
    const auto& v6 = reinterpret_cast<const sockaddr_in6&>(peer);
    ::inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
    return fmt::format("[{}]:{}", text, ntohs(v6.sin6_port));
  }
  return "unix";
}

}  // namespace

Result<Listener> Listener::open_tcp(const std::string& host, std::uint16_t port) {
  Address address = HEARTH_TRY(tcp_address(host, port));
  const int family = address.storage.ss_family;
  Fd fd = HEARTH_TRY(open_socket(family));
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (family == AF_INET6) ::setsockopt(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(fd.get(), address.raw(), address.size) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    if (errno == EADDRINUSE) {
      return fail(Code::kAlreadyExists,
                  fmt::format("port {} is in use on {}; stop what uses it, or choose another port "
                              "with --port",
                              port, host));
    }
    return fail(base::errno_error(errno, fmt::format("cannot listen on {} port {}", host, port)));
  }
  const std::uint16_t bound = port_of(fd.get());
  return Listener(std::move(fd), bound);
}

Result<Listener> Listener::open_unix(const std::string& path) {
  Address address = HEARTH_TRY(unix_address(path));
  HEARTH_TRY(check_stale(path, address));
  Fd fd = HEARTH_TRY(open_socket(AF_UNIX));
  // Linux gives the file the mode of the socket, so it is never open to others for a moment.
  if (::fchmod(fd.get(), kSocketMode) != 0) {
    return fail(base::errno_error(errno, "cannot protect the socket " + path, path));
  }
  ::unlink(path.c_str());  // stale, or absent
  struct stat info{};
  if (::bind(fd.get(), address.raw(), address.size) != 0 ||
      ::chmod(path.c_str(), kSocketMode) != 0 || ::listen(fd.get(), kBacklog) != 0 ||
      ::lstat(path.c_str(), &info) != 0) {
    return fail(base::errno_error(errno, "cannot listen on " + path, path));
  }
  Listener listener(std::move(fd), 0);
  listener.path_ = path;
  listener.inode_ = info.st_ino;
  return listener;
}

void Listener::close() {
  if (!fd_) return;
  fd_.reset();
  if (path_.empty()) return;
  struct stat info{};
  // Another server may have taken the path since.
  if (::lstat(path_.c_str(), &info) == 0 && info.st_ino == inode_) ::unlink(path_.c_str());
}

Result<std::optional<Accepted>> accept_one(int listener) {
  Address peer;
  peer.size = sizeof(peer.storage);
  Fd fd(::accept4(listener, peer.raw(), &peer.size, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!fd) {
    // The client gave up while it waited: as if it had never come.
    const bool none = errno == EAGAIN || errno == ECONNABORTED || errno == EINTR || errno == EPROTO;
    if (none) return std::optional<Accepted>();
    return fail(base::errno_error(errno, "cannot accept a connection"));
  }
  if (peer.storage.ss_family != AF_UNIX) {
    const int on = 1;  // a token must not wait for the next one
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  std::optional<Accepted> accepted(std::in_place);
  accepted->fd = std::move(fd);
  accepted->family = peer.storage.ss_family;
  accepted->kind = kind_of(peer.storage);
  accepted->peer = name_of(peer.storage);
  return accepted;
}

}  // namespace hearth::net
