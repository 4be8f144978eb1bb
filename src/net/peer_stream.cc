#include "net/peer_stream.h"

#include <algorithm>
#include <array>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include "base/units.h"

namespace hearth::net {

namespace {

constexpr std::size_t kReadBytes = 64 * base::kKiB;

using Need = Carrier::Need;
using Socket = PeerStream::Socket;

Socket::wait_type wait_type_of(Need need) {
  return need == Need::kWritable ? Socket::wait_write : Socket::wait_read;
}

bool is_empty(const PeerStream::Pieces& pieces) {
  return std::all_of(pieces.begin(), pieces.end(),
                     [](std::string_view piece) { return piece.empty(); });
}

void drop_front(PeerStream::Pieces& pieces, std::size_t bytes) {
  for (std::string_view& piece : pieces) {
    const std::size_t here = std::min(bytes, piece.size());
    piece.remove_prefix(here);
    bytes -= here;
  }
}

}  // namespace

PeerStream::PeerStream(Socket socket, std::unique_ptr<Carrier> carrier, std::size_t unread_max)
    : socket_(std::move(socket)),
      carrier_(std::move(carrier)),
      unread_max_(unread_max),
      news_(socket_.get_executor()),
      write_timer_(socket_.get_executor()) {}

void PeerStream::start() {
  boost::system::error_code error;
  socket_.non_blocking(true, error);
  if (error) return end();
  open();
}

void PeerStream::open() {
  const Carrier::Step step = carrier_->open();
  if (step.need == Need::kEnd) {
    problem_ = step.problem;
    return end();
  }
  if (step.need != Need::kNothing) return when(step.need, &PeerStream::open);
  opened_ = true;
  news_.notify();
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
void PeerStream::when(Need need, void (PeerStream::*go_on)()) {
  waiting_ = true;
  auto ready = [self = shared_from_this(), go_on](const boost::system::error_code& error) {
    self->waiting_ = false;
    // After close() the number of the descriptor may be somebody else's.
    if (error || !self->socket_.is_open()) return self->end();
    ((*self).*go_on)();
  };
  if (need != Need::kNothing) return socket_.async_wait(wait_type_of(need), std::move(ready));
  asio::post(socket_.get_executor(), [ready = std::move(ready)] { ready({}); });
}

void PeerStream::read_more() {
  if (!opened_ || waiting_ || ended_ || unread_.size() >= unread_max_) return;
  when(carrier_->holds_bytes() ? Need::kNothing : read_need_, &PeerStream::read_some);
}

void PeerStream::read_some() {
  // The loop is one thread, and nothing is kept here between two calls.
  // Aligned: with one byte of it mold 1.10 made programs that the loader refuses, where the code
  // ended within some bytes of a page.
  alignas(64) static thread_local std::array<char, kReadBytes> buffer;
  const Carrier::Step step = carrier_->read(buffer);
  if (step.need == Need::kEnd) return end();
  read_need_ = step.need == Need::kNothing ? Need::kReadable : step.need;
  if (step.bytes > 0) {
    unread_.append(buffer.data(), step.bytes);
    news_.notify();
  }
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
  HEARTH_ASSERT(opened_);
  ++write_number_;
  limit_write(timeout);
  std::string problem;
  while (problem.empty() && !is_empty(pieces)) {
    if (!socket_.is_open()) {
      problem = "the connection is closed";
      break;
    }
    Carrier::Step step = carrier_->write(pieces);
    drop_front(pieces, step.bytes);
    problem = std::move(step.problem);
    if (!problem.empty() || is_empty(pieces)) break;
    auto [error] =
        co_await socket_.async_wait(wait_type_of(step.need), asio::as_tuple(asio::use_awaitable));
    if (error) problem = error.message();
  }
  ++write_number_;
  write_timer_.cancel();
  // Whoever writes much to a fast reader lets others have their turn.
  co_await asio::post(socket_.get_executor(), asio::use_awaitable);
  if (problem.empty()) co_return Result<void>();
  if (write_timed_out_) {
    co_return fail(Code::kDeadlineExceeded,
                   fmt::format("the client did not take the answer within {:.0f} s",
                               std::chrono::duration<double>(timeout).count()));
  }
  co_return fail(Code::kUnavailable, "the client has gone: " + problem);
}

void PeerStream::shutdown_send() {
  if (!socket_.is_open()) return;
  carrier_->say_goodbye();
  boost::system::error_code ignored;  // a peer that is gone already needs no goodbye
  socket_.shutdown(Socket::shutdown_send, ignored);
}

void PeerStream::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  // What is pending ends with an error and tells; where nothing is, we do.
  if (!waiting_) end();
}

}  // namespace hearth::net
