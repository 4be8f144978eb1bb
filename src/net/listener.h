// Sockets that listen: made or adopted, checked, and explained when they cannot be. Knows POSIX, no
// HTTP.
//
// Ownership: a Listener owns its descriptor and, for a Unix socket that it made, the file, which it
//            removes. The file of an adopted one belongs to who made it.
// Errors:    kAlreadyExists when somebody else listens there; kInvalidArgument for an address, a
//            path or a descriptor that cannot be one; otherwise what errno says.
// Threads:   thread-compatible.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include <sys/types.h>

#include "base/fd.h"
#include "base/result.h"
#include "net/http_message.h"

namespace hearth::net {

class Listener {
 public:
  // `host` is an address or "localhost"; port 0 takes a free one.
  static Result<Listener> open_tcp(const std::string& host, std::uint16_t port);
  // Mode 0600 from its first moment. A file left by a dead server is replaced.
  static Result<Listener> open_unix(const std::string& path);
  // A descriptor that listens already; `name` is what messages call it.
  static Result<Listener> adopt(Fd fd, std::string name);

  Listener(Listener&&) = default;
  Listener& operator=(Listener&&) = delete;
  ~Listener() { close(); }

  // Frees the address at once.
  void close();

  // Whether a Unix socket keeps out users whom nobody named; what is made here does, what is
  // adopted may not. kPermissionDenied says what to do. Nothing is wrong with any other.
  Result<void> check_private() const;

  int fd() const { return fd_.get(); }
  std::uint16_t port() const { return port_; }
  bool is_unix() const { return is_unix_; }
  // Other machines may connect.
  bool is_open_to_network() const { return !is_unix_ && !is_loopback_; }
  // "127.0.0.1:4327", or the path of a Unix socket.
  const std::string& address() const { return address_; }
  const std::string& name() const { return name_; }

 private:
  explicit Listener(Fd fd) : fd_(std::move(fd)) {}
  void look_at_address();

  Fd fd_;
  std::string name_;  // of one that was adopted
  bool is_unix_ = false;
  bool is_loopback_ = false;
  std::uint16_t port_ = 0;
  std::string address_;
  std::string own_path_;  // of a Unix socket that is ours
  std::uint64_t inode_ = 0;
};

struct Accepted {
  Fd fd;
  int family = 0;
  PeerKind kind = PeerKind::kNetwork;
  std::string peer;
};

// One waiting connection, non-blocking and closed on exec; nothing when none waits any more.
Result<std::optional<Accepted>> accept_one(int listener);

}  // namespace hearth::net
