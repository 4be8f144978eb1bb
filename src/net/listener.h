// Sockets that listen: made, checked and explained when they cannot be. Knows POSIX, no HTTP.
//
// Ownership: a Listener owns its descriptor and, for a Unix socket, the file, which it removes.
// Errors:    kAlreadyExists when somebody else listens there; kInvalidArgument for an address or
//            a path that cannot be one; otherwise what errno says.
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

  Listener(Listener&&) = default;
  Listener& operator=(Listener&&) = delete;
  ~Listener() { close(); }

  // Frees the address at once.
  void close();

  int fd() const { return fd_.get(); }
  std::uint16_t port() const { return port_; }

 private:
  Listener(Fd fd, std::uint16_t port) : fd_(std::move(fd)), port_(port) {}

  Fd fd_;
  std::uint16_t port_ = 0;
  std::string path_;  // of a Unix socket that is ours
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
