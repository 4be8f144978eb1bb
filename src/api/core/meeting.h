// Where a callback and a coroutine meet: the callback may come after the coroutine has ended.
//
//   const auto meeting = std::make_shared<Meeting<T>>(executor);
//   ask(arrive_at(meeting));
//   while (!meeting->result) co_await meeting->done.wait_until(net::kNever);
//
// Threads: confined to the loop.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "base/result.h"
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

}  // namespace hearth::api
