// Bytes of one HTTP/1 request, in whatever pieces they come, become an HttpRequest or a Refusal.
// It never reads a socket. The one place that knows Beast.
//
// Errors:  a Refusal: 400 malformed, 413 body too large, 431 header too large, 501 a transfer
//          coding we do not have. After one, the connection cannot be used for another request.
// Limits:  HttpLimits::header_bytes (also for chunk headers and trailers), body_bytes.
// Threads: thread-compatible.
#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <tl/expected.hpp>

#include "net/body_taker.h"
#include "net/http_message.h"

namespace hearth::net {

class RequestParser {
 public:
  enum class State { kNothing, kHeader, kBody, kDone };

  // The takers, if there are any, are borrowed.
  explicit RequestParser(const HttpLimits& limits, const BodyTakers* takers = nullptr);
  ~RequestParser();

  // Takes from the front what belongs to this request and tells how much that was. What it
  // leaves must be offered again, with more behind it.
  tl::expected<std::size_t, Refusal> put(std::string_view bytes);

  State state() const { return state_; }
  // Who gets the body as it comes; nullptr before the header has been read.
  BodyTaker* taker() const;
  // What came of the body since the last time. REQUIRES: taker().
  std::string take_piece();
  // Of the body in memory.
  std::size_t body_bytes() const;
  // The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;
  // What the client wants to happen to the connection after the reply. REQUIRES: header read.
  bool keep_alive() const;
  bool is_http_1_1() const;
  // Method, path and headers, as far as they have come and are understood.
  HttpRequest head() const;
  // Before anything is put; it stands in the request, and takers may look at it.
  void set_peer(PeerKind kind, std::string name);
  // Once. REQUIRES: state() is kDone.
  HttpRequest take();

 private:
  struct Impl;
  tl::expected<void, Refusal> check_header();
  tl::expected<void, Refusal> check_body(std::uint64_t bytes) const;

  std::unique_ptr<Impl> impl_;
  const BodyTakers* takers_;
  std::size_t header_bytes_max_;
  State state_ = State::kNothing;
};

}  // namespace hearth::net
