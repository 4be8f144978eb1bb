#include "net/peer_stream.h"

#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <fmt/format.h>

#include "base/units.h"

namespace hearth::net {

namespace {

constexpr std::size_t kReadBytes = 64 * base::kKiB;

}  // namespace

PeerStream::PeerStream(Socket socket, std::size_t unread_max)
    : socket_(std::move(socket)),
      unread_max_(unread_max),
      news_(socket_.get_executor()),
      write_timer_(socket_.get_executor()) {}

void PeerStream::start() {
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  if (error) return end();
  read_more();
}

void PeerStream::take(std::size_t bytes) {
  unread_.erase(0, bytes);
  if (unread_.empty() && unread_.capacity() > kReadBytes) unread_.shrink_to_fit();
  read_more();
}

asio::awaitable<bool> PeerStream::wait_for_news(base::TimePoint deadline) {
  co_return co_await news_.wait_until(deadline);
}

// Waiting for readiness instead of reading into a buffer keeps an idle connection small.
void PeerStream::read_more() {
  if (reading_ || ended_ || unread_.size() >= unread_max_) return;
  reading_ = true;
  auto ready = [self = shared_from_this()](const boost::system::error_code& error) {
    self->on_readable(error);
  };
  socket_.async_wait(Socket::wait_read, std::move(ready));
}

void PeerStream::on_readable(const boost::system::error_code& wait_error) {
  reading_ = false;
  if (wait_error) return end();
  // The loop is one thread, and nothing is kept here between two calls.
  static thread_local std::array<char, kReadBytes> buffer;
  boost::system::error_code error;
  const std::size_t bytes = socket_.read_some(asio::buffer(buffer), error);
  if (error == asio::error::would_block || error == asio::error::interrupted) return read_more();
  if (error) return end();
  unread_.append(buffer.data(), bytes);
  news_.notify();
  read_more();
}

void PeerStream::end() {
  if (ended_) return;
  ended_ = true;
  news_.notify();
  if (on_end_) asio::post(socket_.get_executor(), std::exchange(on_end_, nullptr));
}

void PeerStream::on_end(std::function<void()> callback) {
  if (ended_) {
    asio::post(socket_.get_executor(), std::move(callback));
  } else {
    on_end_ = std::move(callback);
  }
}

void PeerStream::limit_write(base::Duration timeout) {
  write_timer_.expires_after(timeout);
  auto expired = [weak = weak_from_this(),
                  number = write_number_](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->write_number_ != number) return;
    self->write_timed_out_ = true;
    self->close();
  };
  write_timer_.async_wait(std::move(expired));
}

asio::awaitable<Result<void>> PeerStream::write(Pieces pieces, base::Duration timeout) {
  std::array<asio::const_buffer, 3> buffers;
  for (std::size_t i = 0; i < pieces.size(); ++i) {
    buffers[i] = asio::const_buffer(pieces[i].data(), pieces[i].size());
  }
  ++write_number_;
  limit_write(timeout);
  auto [error, bytes] =
      co_await asio::async_write(socket_, buffers, asio::as_tuple(asio::use_awaitable));
  ++write_number_;
  write_timer_.cancel();
  if (!error) co_return Result<void>();
  if (write_timed_out_) {
    co_return fail(Code::kDeadlineExceeded,
                   fmt::format("the client did not take the answer within {:.0f} s",
                               std::chrono::duration<double>(timeout).count()));
  }
  co_return fail(Code::kUnavailable, "the client has gone: " + error.message());
}

void PeerStream::shutdown_send() {
  boost::system::error_code ignored;  // a peer that is gone already needs no goodbye
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void PeerStream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  // The pending read ends with an error and tells; where none is pending, we do.
  if (!reading_) end();
}

}  // namespace hearth::net
