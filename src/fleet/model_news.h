// What becomes of models, one thing after the other, for whoever watches: a page, a script, a
// workflow that waits. The last of it is kept, so that who was away can go on where he stopped.
//
// Threads:    confined to the loop. A listener may be removed, or others added, from inside one.
// Invariants: numbers go up by one and begin above 0.
// Limits:     kNewsKept are kept.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::fleet {

inline constexpr std::size_t kNewsKept = 256;

struct ModelNews {
  enum class What : std::uint8_t {
    kWaiting,  // for room in memory
    kLoading,
    kReady,
    kLeaving,  // others need its room, or nobody asked it for long
    kGone,     // it was unloaded, or has left
    kCrashed,
    kRefused,  // it was not loaded; detail says why
    kPinned,
    kUnpinned
  };
  std::uint64_t number = 0;
  std::int64_t wall_ms = 0;
  What what = What::kGone;
  std::string model;
  std::string detail = {};
  bool operator==(const ModelNews&) const = default;
};

// "waiting", "loading" …
std::string_view news_word(ModelNews::What what);

class NewsBoard {
 public:
  using Listener = std::function<void()>;
  using ListenerId = std::uint64_t;

  void tell(ModelNews::What what, const std::string& model, std::string detail = {});

  // What came after this number, oldest first: all of it, unless missed_after().
  std::vector<ModelNews> after(std::uint64_t number) const;
  // Some of what came after it is not kept any more, or it never was one of ours.
  bool missed_after(std::uint64_t number) const;
  std::uint64_t last_number() const { return last_; }
  // There will be no more; listeners are told this, too.
  void end();
  bool ended() const { return ended_; }

  // Called after each piece of news, and at the end.
  ListenerId listen(Listener listener);
  void leave(ListenerId id) { listeners_.erase(id); }
  std::size_t listeners() const { return listeners_.size(); }

 private:
  void call_listeners();

  std::deque<ModelNews> kept_;
  std::uint64_t last_ = 0;
  std::map<ListenerId, Listener> listeners_;
  ListenerId next_listener_ = 0;
  bool ended_ = false;
};

}  // namespace hearth::fleet
