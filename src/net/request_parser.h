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

#include "net/http_message.h"

namespace hearth::net {

class RequestParser {
 public:
  enum class State { kNothing, kHeader, kBody, kDone };

  explicit RequestParser(const HttpLimits& limits);
  ~RequestParser();

  // Takes from the front what belongs to this request and tells how much that was. What it
  // leaves must be offered again, with more behind it.
  tl::expected<std::size_t, Refusal> put(std::string_view bytes);

  State state() const { return state_; }
  // Of the body, as much as has come.
  std::size_t body_bytes() const;
  // The client waits for "100 Continue" before it sends the body.
  bool expects_continue() const;
  // What the client wants to happen to the connection after the reply. REQUIRES: header read.
  bool keep_alive() const;
  bool is_http_1_1() const;
  // Method, path and headers, as far as they have come and are understood.
  HttpRequest head() const;
  // Once. REQUIRES: state() is kDone. The peer is left for the caller to fill in.
  HttpRequest take();

 private:
  struct Impl;
  tl::expected<void, Refusal> check_header();

  std::unique_ptr<Impl> impl_;
  std::size_t header_bytes_max_;
  State state_ = State::kNothing;
};

}  // namespace hearth::net
