#include "api/core/event_reader.h"

#include <utility>

namespace hearth::api {

EventReader::EventReader(const asio::any_io_executor& executor, Streams streams) : news_(executor) {
  for (auto& stream : streams)
    sources_.push_back({std::move(stream), std::nullopt, false});
}

void EventReader::ask(std::size_t choice) {
  Source& source = sources_[choice];
  if (source.asked || source.event) return;
  source.asked = true;
  source.stream->next([weak = weak_from_this(), choice](chat::Event event) {
    const auto self = weak.lock();
    if (!self) return;
    Source& asked = self->sources_[choice];
    asked.asked = false;
    asked.event = std::move(event);
    self->news_.notify();
  });
}

bool EventReader::ask_all() {
  bool any = false;
  for (std::size_t choice = 0; choice < sources_.size(); ++choice) {
    if (!sources_[choice].stream) continue;
    ask(choice);
    any = true;
  }
  return any;
}

std::optional<ChoiceEvent> EventReader::take() {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const std::size_t choice = (turn_ + i) % sources_.size();
    Source& source = sources_[choice];
    if (!source.event) continue;
    turn_ = choice + 1;
    ChoiceEvent taken{choice, std::move(*source.event)};
    source.event.reset();
    if (chat::ends_stream(taken.event)) source.stream.reset();
    return taken;
  }
  return std::nullopt;
}

asio::awaitable<std::optional<ChoiceEvent>> EventReader::next_before(base::TimePoint deadline) {
  while (!abandoned_ && ask_all()) {
    std::optional<ChoiceEvent> taken = take();
    if (taken) co_return taken;
    const bool news = co_await news_.wait_until(deadline);
    if (!news) break;
  }
  co_return std::nullopt;
}

void EventReader::abandon() {
  abandoned_ = true;
  for (Source& source : sources_) {
    source.stream.reset();
    source.event.reset();
  }
  news_.notify();
}

}  // namespace hearth::api
