#include "api/core/event_reader.h"

#include <utility>

namespace hearth::api {

void EventReader::ask() {
  if (asked_) return;
  asked_ = true;
  stream_->next([weak = weak_from_this()](chat::Event event) {
    const auto self = weak.lock();
    if (!self) return;
    self->asked_ = false;
    self->event_ = std::move(event);
    self->news_.notify();
  });
}

asio::awaitable<std::optional<chat::Event>> EventReader::next_before(base::TimePoint deadline) {
  if (!event_ && stream_) ask();
  while (!event_ && stream_) {
    const bool news = co_await news_.wait_until(deadline);
    if (!news) break;
  }
  if (!stream_) co_return std::nullopt;
  co_return std::exchange(event_, std::nullopt);
}

void EventReader::abandon() {
  stream_.reset();
  news_.notify();
}

}  // namespace hearth::api
