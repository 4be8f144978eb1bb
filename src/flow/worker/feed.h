// What is told of a run, for whoever watches: all of its events, and between them what models just
// write. Who was away goes on behind the last event that he has heard.
//
// Threads: confined to the loop. A listener may be removed, or others added, from inside one.
// Limits:  of what is not kept (pieces of answers), kFeedPieceBytesMost; later ones are left out.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace hearth::flow {

inline constexpr std::size_t kFeedPieceBytesMost = 8UL * 1024 * 1024;

struct FeedItem {
  std::uint64_t number = 0;  // of the event; 0: it is a piece
  std::int64_t at_ms = 0;
  std::string name;
  std::string json;
};

class Feed {
 public:
  using Listener = std::function<void()>;
  using ListenerId = std::uint64_t;

  void tell(FeedItem item);
  // There will be no more.
  void end();

  std::size_t size() const { return items_.size(); }
  const FeedItem& at(std::size_t place) const { return items_[place]; }
  // The place behind the event of this number; 0 is the beginning.
  std::size_t behind(std::uint64_t number) const;
  std::uint64_t last_number() const { return last_number_; }
  bool ended() const { return ended_; }

  // Called after each item, and at the end.
  ListenerId listen(Listener listener);
  void leave(ListenerId listener) { listeners_.erase(listener); }
  bool has_listeners() const { return !listeners_.empty(); }

 private:
  void call_listeners();

  std::vector<FeedItem> items_;
  std::uint64_t last_number_ = 0;
  std::size_t piece_bytes_ = 0;
  bool ended_ = false;
  ListenerId last_listener_ = 0;
  std::map<ListenerId, Listener> listeners_;
};

}  // namespace hearth::flow
