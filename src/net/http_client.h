// A small blocking HTTP/1.1 client for talking to our own daemon: over its Unix socket, or over
// TCP on this machine. One connection per call. It speaks no TLS, follows no redirect and goes
// through no proxy: it is not for the internet.
//
// Threads: thread-compatible; send() blocks its caller and nobody else.
// Errors:  kUnavailable when nobody listens or the connection breaks, kCancelled when the
//          interrupt descriptor became readable, kDeadlineExceeded after timeout_ms, kUpstream
//          for a reply that is not HTTP, kPermissionDenied for a Unix socket of another user.
//          A status that is not 2xx is a reply, not an error.
// Limits:  kHeaderBytesMax, kCollectedBytesMax.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace hearth::net {

inline constexpr std::uint32_t kHeaderBytesMax = 64 * 1024;
// Of a body that is kept whole.
inline constexpr std::size_t kCollectedBytesMax = 16 * 1024 * 1024;

struct HttpCall {
  std::string method = "GET";
  std::string target = "/";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  int timeout_ms = 0;  // for the whole call; 0 waits as long as it takes
};

struct HttpReply {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // what no ChunkHandler has taken
};

enum class ChunkAction : std::uint8_t { kContinue, kStop };
// Gets the body of a 2xx reply as it arrives; kStop closes the connection, and the call ends well.
using ChunkHandler = std::function<ChunkAction(std::string_view bytes)>;

class HttpClient {
 public:
  static HttpClient over_unix(std::string path);
  // An IP address or the name of one.
  static HttpClient over_tcp(std::string host, std::uint16_t port);

  // Without `on_chunk` every body is collected. As soon as `interrupt_fd` is readable the
  // connection is closed; -1 is none.
  Result<HttpReply> send(const HttpCall& call, const ChunkHandler& on_chunk = nullptr,
                         int interrupt_fd = -1) const;

 private:
  HttpClient() = default;

  std::string path_;  // of the Unix socket; empty for TCP
  std::string host_;
  std::uint16_t port_ = 0;
};

}  // namespace hearth::net
