#include "net/listener.h"

#include <cerrno>
#include <cstring>

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/units.h"

namespace hearth::net {

namespace {

constexpr int kBacklog = 1024;
constexpr mode_t kSocketMode = 0600;  // only the same user
// What of an answer may wait in the kernel for a slow reader, beyond what is on its way already.
constexpr int kUnsentBytesMax = 32 * static_cast<int>(base::kKiB);

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

std::uint16_t port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in&>(address).sin_port);
  }
  return ntohs(reinterpret_cast<const sockaddr_in6&>(address).sin6_port);
}

int option_of(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

bool stays_out_of_programs(int fd) {
  const int flags = ::fcntl(fd, F_GETFL);
  return flags >= 0 && ::fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
         ::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
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

bool is_our_user(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 && peer.uid == ::geteuid();
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
  Listener listener(std::move(fd));
  listener.look_at_address();
  return listener;
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
  Listener listener(std::move(fd));
  listener.look_at_address();
  listener.own_path_ = path;
  listener.inode_ = info.st_ino;
  return listener;
}

Result<Listener> Listener::adopt(Fd fd, std::string name) {
  const int family = option_of(fd.get(), SO_DOMAIN);
  const bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  const bool listens =
      option_of(fd.get(), SO_TYPE) == SOCK_STREAM && option_of(fd.get(), SO_ACCEPTCONN) == 1;
  if (!known || !listens) {
    return fail(
        Code::kInvalidArgument,
        fmt::format("descriptor {} (\"{}\") was handed over to be listened on, but it is no "
                    "listening stream socket of TCP or Unix; see ListenStream and Accept=no "
                    "in the unit of the socket",
                    fd.get(), name));
  }
  if (!stays_out_of_programs(fd.get())) {
    return fail(base::errno_error(errno, "cannot take over the socket \"" + name + "\""));
  }
  Listener listener(std::move(fd));
  listener.name_ = std::move(name);
  listener.look_at_address();
  return listener;
}

void Listener::look_at_address() {
  Address address;
  address.size = sizeof(address.storage);
  ::getsockname(fd_.get(), address.raw(), &address.size);
  const PeerKind kind = kind_of(address.storage);
  is_unix_ = kind == PeerKind::kUnixSocket;
  is_loopback_ = kind == PeerKind::kLoopback;
  if (!is_unix_) {
    port_ = port_of(address.storage);
    address_ = name_of(address.storage);
    return;
  }
  // Empty for one without a name or with an abstract one.
  address_ = reinterpret_cast<const sockaddr_un*>(&address.storage)->sun_path;
}

Result<void> Listener::check_private() const {
  if (!is_unix_) return {};
  struct stat info{};
  const bool has_file = !address_.empty() && ::stat(address_.c_str(), &info) == 0;
  if (has_file && (info.st_mode & S_IRWXO) == 0) return {};
  return fail(Code::kPermissionDenied,
              fmt::format("every user of this machine may open the socket \"{}\" ({}); set "
                          "SocketMode=0600 in its unit",
                          name_, has_file ? address_ : "which has no file"));
}

void Listener::close() {
  if (!fd_) return;
  fd_.reset();
  if (own_path_.empty()) return;
  struct stat info{};
  // Another server may have taken the path since.
  if (::lstat(own_path_.c_str(), &info) == 0 && info.st_ino == inode_) {
    ::unlink(own_path_.c_str());
  }
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
    ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsentBytesMax,
                 sizeof kUnsentBytesMax);
  }
  std::optional<Accepted> accepted(std::in_place);
  accepted->family = peer.storage.ss_family;
  accepted->kind = kind_of(peer.storage);
  if (accepted->kind == PeerKind::kUnixSocket && is_our_user(fd.get()))
    accepted->kind = PeerKind::kSameUser;
  accepted->fd = std::move(fd);
  accepted->peer = name_of(peer.storage);
  return accepted;
}

}  // namespace hearth::net
