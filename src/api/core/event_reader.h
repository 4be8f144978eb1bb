// An EventStream, read by a coroutine that can also be called off or wait only so long.
//
// Ownership:  owns the stream; shared between the coroutine and whoever may call it off.
// Threads:    confined to the loop.
// Invariants: at most one next_before() at a time; an event that comes after its deadline is kept
//             for the next call.
#pragma once

#include <memory>
#include <optional>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "chat/event_stream.h"
#include "net/signal.h"

namespace hearth::api {

namespace asio = boost::asio;

class EventReader : public std::enable_shared_from_this<EventReader> {
 public:
  EventReader(const asio::any_io_executor& executor, std::unique_ptr<chat::EventStream> stream)
      : stream_(std::move(stream)), news_(executor) {}

  // Nothing when the deadline came first, or after abandon().
  asio::awaitable<std::optional<chat::Event>> next_before(base::TimePoint deadline);

  // Destroys the stream at once, which cancels the work behind it.
  void abandon();
  bool abandoned() const { return !stream_; }

 private:
  void ask();

  std::unique_ptr<chat::EventStream> stream_;
  net::Signal news_;
  std::optional<chat::Event> event_;
  bool asked_ = false;
};

}  // namespace hearth::api
