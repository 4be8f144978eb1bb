// Where a callback and a coroutine meet: the callback may come after the coroutine has ended.
//
//   const auto meeting = std::make_shared<Meeting<T>>(executor);
//   co_await attend(meeting, call.exchange, ask(arrive_at(meeting)));
//
// Where somebody attends and leaves before, the result is kCancelled.
//
// Threads: confined to the loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/callback.h"
#include "base/result.h"
#include "net/http_exchange.h"
#include "net/signal.h"

namespace hearth::api {

template <typename T>
struct Meeting {
  explicit Meeting(const boost::asio::any_io_executor& executor) : done(executor) {}
  net::Signal done;
  std::optional<Result<T>> result;
};

template <typename T>
std::function<void(Result<T>)> arrive_at(const std::shared_ptr<Meeting<T>>& meeting) {
  return [meeting](Result<T> result) {
    meeting->result = std::move(result);
    meeting->done.notify();
  };
}

// Whoever asked may leave meanwhile; the work goes on.
template <typename T>
boost::asio::awaitable<void> wait_for(std::shared_ptr<Meeting<T>> meeting) {
  while (!meeting->result)
    co_await meeting->done.wait_until(net::kNever);
}

// Who leaves meanwhile calls the work off.
template <typename T>
boost::asio::awaitable<void> attend(std::shared_ptr<Meeting<T>> meeting,
                                    net::HttpExchange& exchange, CallOff call_off) {
  exchange.on_disconnect([meeting, call_off = std::move(call_off)] {
    call_off();
    if (!meeting->result) arrive_at(meeting)(fail(Code::kCancelled, "the client has gone"));
  });
  co_await wait_for(meeting);
}

}  // namespace hearth::api
