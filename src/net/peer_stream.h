// One connected socket, as the HTTP server sees it: bytes that have arrived and wait to be taken,
// and writes that a slow reader cannot hold up for ever. A read is always pending, also while an
// answer is being made; that is how we learn at once that the peer went away, and why no byte of
// the next request can be lost. How bytes are carried is its Carrier's affair.
//
// Ownership:  shared with its own pending operations; close() lets it go.
// Threads:    confined to the loop.
// Invariants: at most `unread_max` bytes wait; above that reading pauses until some are taken.
//             A peer that shuts down its sending side counts as gone.
// Errors:     no exceptions of Asio come out.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "net/carrier.h"
#include "net/signal.h"

namespace hearth::net {

class PeerStream : public std::enable_shared_from_this<PeerStream> {
 public:
  using Socket = asio::generic::stream_protocol::socket;
  using Pieces = Carrier::Pieces;

  // REQUIRES: the carrier is of this socket.
  PeerStream(Socket socket, std::unique_ptr<Carrier> carrier, std::size_t unread_max);

  // Begins to open and then to read. Once, before anything else.
  void start();
  // Both sides have agreed on how bytes are carried; before, nothing can be written.
  bool opened() const { return opened_; }
  // Why it has not opened and never will; empty as long as it may.
  const std::string& problem() const { return problem_; }

  std::string_view unread() const { return unread_; }
  void take(std::size_t bytes);
  bool ended() const { return ended_; }

  // Waits until it opened, more bytes came, the peer went, or wake(). False when the deadline came
  // first.
  asio::awaitable<bool> wait_for_news(base::TimePoint deadline);
  void wake() { news_.notify(); }

  // Called once on the loop, never from inside this call, when the peer has gone.
  void on_end(std::function<void()> callback);
  void forget_on_end() { on_end_ = nullptr; }

  // All pieces, in one go. kDeadlineExceeded closes the stream; kUnavailable: the peer is gone.
  asio::awaitable<Result<void>> write(Pieces pieces, base::Duration timeout);

  // Nothing more will be written, and what was is whole.
  void shutdown_send();
  void close();

 private:
  void open();
  void read_more();
  void read_some();
  // Soon, when the socket is as it is needed.
  void when(Carrier::Need need, void (PeerStream::*go_on)());
  void end();
  void limit_write(base::Duration timeout);

  Socket socket_;
  std::unique_ptr<Carrier> carrier_;
  const std::size_t unread_max_;
  Signal news_;
  asio::steady_timer write_timer_;
  std::uint64_t write_number_ = 0;  // a timer of an earlier write must not end a later one
  bool write_timed_out_ = false;
  std::string unread_;
  std::string problem_;
  bool opened_ = false;
  bool waiting_ = false;  // to open or to read
  Carrier::Need read_need_ = Carrier::Need::kReadable;
  bool ended_ = false;
  std::function<void()> on_end_;
};

}  // namespace hearth::net
