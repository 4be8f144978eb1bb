#include "flow/worker/feed.h"

#include <utility>

namespace hearth::flow {

void Feed::tell(FeedItem item) {
  if (item.number == 0) {
    piece_bytes_ += item.json.size();
    if (piece_bytes_ > kFeedPieceBytesMost) return;
  } else if (item.number <= last_number_) {
    return;
  } else {
    last_number_ = item.number;
  }
  items_.push_back(std::move(item));
  call_listeners();
}

void Feed::end() {
  ended_ = true;
  call_listeners();
}

std::size_t Feed::behind(std::uint64_t number) const {
  if (number == 0) return 0;
  for (std::size_t place = 0; place < items_.size(); ++place)
    if (items_[place].number > number) return place;
  return items_.size();
}

Feed::ListenerId Feed::listen(Listener listener) {
  listeners_[++last_listener_] = std::move(listener);
  return last_listener_;
}

void Feed::call_listeners() {
  // A copy: one of them may leave.
  const std::map<ListenerId, Listener> listeners = listeners_;
  for (const auto& [id, listener] : listeners)
    if (listeners_.contains(id)) listener();
}

}  // namespace hearth::flow
