#include "base/log_tail.h"

#include <algorithm>

#include "base/utf8.h"

namespace hearth::log {

using base::Lock;

void Tail::add(Level level, std::int64_t wall_ms, std::string_view text) {
  const Lock lock(mutex_);
  kept_.push_back({++last_, wall_ms, level, base::repair_utf8(text.substr(0, kTailLineBytes))});
  if (kept_.size() > kTailLines) kept_.pop_front();
  call_listeners();
}

void Tail::call_listeners() {
  for (const auto& [id, listener] : listeners_)
    listener();
}

std::vector<TailLine> Tail::after(std::uint64_t number) const {
  const Lock lock(mutex_);
  const auto first = std::find_if(kept_.begin(), kept_.end(),
                                  [=](const TailLine& line) { return line.number > number; });
  return {first, kept_.end()};
}

std::uint64_t Tail::before_last(std::size_t lines) const {
  const Lock lock(mutex_);
  return last_ - std::min(lines, kept_.size());
}

bool Tail::missed_after(std::uint64_t number) const {
  const Lock lock(mutex_);
  return number > last_ || (number < last_ && number + 1 < kept_.front().number);
}

std::uint64_t Tail::last_number() const {
  const Lock lock(mutex_);
  return last_;
}

void Tail::end() {
  const Lock lock(mutex_);
  ended_ = true;
  call_listeners();
}

bool Tail::ended() const {
  const Lock lock(mutex_);
  return ended_;
}

Tail::ListenerId Tail::listen(Listener listener) {
  const Lock lock(mutex_);
  listeners_.emplace(++next_listener_, std::move(listener));
  return next_listener_;
}

void Tail::leave(ListenerId id) {
  const Lock lock(mutex_);
  listeners_.erase(id);
}

std::size_t Tail::listeners() const {
  const Lock lock(mutex_);
  return listeners_.size();
}

// Never destroyed: threads may write until the process has gone.
Tail& tail() {
  static Tail* const only = new Tail;
  return *only;
}

}  // namespace hearth::log
