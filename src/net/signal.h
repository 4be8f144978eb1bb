// One coroutine waits, somebody else on the same loop says "look again". A word said while nobody
// waits is kept for the next wait, so none is lost; several are one.
//
// Threads:    confined to the loop.
// Invariants: at most one coroutine waits.
#pragma once

#include <utility>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/clock.h"

namespace hearth::net {

namespace asio = boost::asio;

inline constexpr base::TimePoint kNever = base::TimePoint::max();

class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor) : timer_(executor) {}

  void notify() {
    notified_ = true;
    timer_.cancel();
  }

  // False when the time came and nobody notified.
  asio::awaitable<bool> wait_until(base::TimePoint deadline) {
    if (!notified_) {
      timer_.expires_at(deadline);
      co_await timer_.async_wait(asio::as_tuple(asio::use_awaitable));
    }
    co_return std::exchange(notified_, false);
  }

 private:
  asio::steady_timer timer_;
  bool notified_ = false;
};

}  // namespace hearth::net
