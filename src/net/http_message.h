// What a request is once it has been read, what a reply is made of, and how much of either we
// take. No dialect, no socket.
//
// Threads: values.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/error.h"
#include "base/units.h"

namespace hearth::net {

class BodyTaker;

struct Header {
  std::string name;
  std::string value;
};

enum class PeerKind : std::uint8_t {
  kSameUser,    // over a Unix socket, and the kernel says that it runs as our user
  kUnixSocket,  // another user whom the socket's file lets in
  kLoopback,    // this machine, perhaps through a browser
  kNetwork,
};

inline bool is_unix(PeerKind kind) {
  return kind == PeerKind::kSameUser || kind == PeerKind::kUnixSocket;
}

// A client's own id is kept as long as it is no longer and made of visible ASCII characters.
inline constexpr std::size_t kRequestIdBytesMax = 128;

struct HttpRequest {
  std::string id;      // goes back in X-Request-Id: the client's own, else an unguessable one
  std::string method;  // as sent: "GET"
  std::string path;    // percent-decoded, begins with '/'; or "*"
  std::string query;   // as sent, without '?'
  std::vector<Header> headers;
  std::string body;
  std::shared_ptr<BodyTaker> taker = {};  // has the body in place of `body`
  PeerKind peer_kind = PeerKind::kNetwork;
  std::string peer;        // "127.0.0.1:50412", "unix"
  std::uint16_t port = 0;  // of ours, that it came to; 0 over a Unix socket

  // The first header of that name, whatever its case.
  std::optional<std::string_view> find_header(std::string_view name) const;
};

// A request that no handler will see, and the status that says why.
struct Refusal {
  int status = 400;
  Error error;
  HttpRequest head = {};  // as far as it was understood, without its body
};

// A reply made elsewhere, so that a refusal speaks the language of the server's owner.
struct RefusalReply {
  std::string content_type;
  std::string body;
  std::vector<Header> headers;
};

struct HttpLimits {
  std::size_t header_bytes = 64 * base::kKiB;
  std::size_t body_bytes = 32 * base::kMiB;
  std::size_t bodies_bytes = 256 * base::kMiB;  // of all requests that are read or answered
  std::size_t connections = 1024;
  base::Duration header_timeout = std::chrono::seconds(10);  // from the first byte
  base::Duration body_timeout = std::chrono::seconds(120);   // for all of it
  base::Duration idle_timeout = std::chrono::seconds(75);    // between requests
  base::Duration write_timeout = std::chrono::seconds(30);   // for one write to be taken
};

bool is_request_id(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);

}  // namespace hearth::net
