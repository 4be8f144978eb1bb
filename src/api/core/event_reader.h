// EventStreams, one for each choice of an answer, read by a coroutine that can also be called off
// or wait only so long.
//
// Ownership:  owns the streams; shared between the coroutine and whoever may call it off.
// Threads:    confined to the loop.
// Invariants: at most one next_before() at a time; an event that comes after its deadline is kept
//             for a later call; no stream waits for another, and none is asked past its end.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/clock.h"
#include "chat/event_stream.h"
#include "net/signal.h"

namespace hearth::api {

namespace asio = boost::asio;

struct ChoiceEvent {
  std::size_t choice = 0;
  chat::Event event;
};

class EventReader : public std::enable_shared_from_this<EventReader> {
 public:
  using Streams = std::vector<std::unique_ptr<chat::EventStream>>;

  EventReader(const asio::any_io_executor& executor, Streams streams);

  // Nothing when the deadline came first, after abandon(), or when every stream has ended.
  asio::awaitable<std::optional<ChoiceEvent>> next_before(base::TimePoint deadline);

  // Destroys the streams at once, which cancels the work behind them.
  void abandon();
  bool abandoned() const { return abandoned_; }

 private:
  struct Source {
    std::unique_ptr<chat::EventStream> stream;  // null after its end
    std::optional<chat::Event> event;
    bool asked = false;
  };

  void ask(std::size_t choice);
  bool ask_all();  // false when there is nobody left to ask
  std::optional<ChoiceEvent> take();

  std::vector<Source> sources_;
  std::size_t turn_ = 0;  // whose event is taken first
  net::Signal news_;
  bool abandoned_ = false;
};

}  // namespace hearth::api
