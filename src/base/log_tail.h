// The last lines of this process's log, for who looks at it while it runs. What is kept is what was
// written, and is gone with the process.
//
// Threads:    thread-safe. A listener is called by whoever writes, under the lock: it is quick,
//             writes no line and does not come back.
// Invariants: numbers go up by one and begin above 0.
// Limits:     kTailLines, each kTailLineBytes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "base/mutex.h"

namespace hearth::log {

inline constexpr std::size_t kTailLines = 1000;
inline constexpr std::size_t kTailLineBytes = 4096;

struct TailLine {
  std::uint64_t number = 0;
  std::int64_t wall_ms = 0;
  Level level = Level::kInfo;
  std::string text;  // without a newline
};

class Tail {
 public:
  using Listener = std::function<void()>;
  using ListenerId = std::uint64_t;

  void add(Level level, std::int64_t wall_ms, std::string_view text);

  // What came after this number, oldest first: all of it, unless missed_after().
  std::vector<TailLine> after(std::uint64_t number) const;
  // The number after which the last `lines` come.
  std::uint64_t before_last(std::size_t lines) const;
  // Some of what came after it is not kept any more, or it never was one of ours.
  bool missed_after(std::uint64_t number) const;
  std::uint64_t last_number() const;
  // Who listens is told that there is no need to any more.
  void end();
  bool ended() const;

  // Called after each line, and at the end.
  ListenerId listen(Listener listener);
  void leave(ListenerId id);
  std::size_t listeners() const;

 private:
  void call_listeners() REQUIRES_LOCK(mutex_);

  mutable base::Mutex mutex_;
  std::deque<TailLine> kept_ GUARDED_BY(mutex_);
  std::uint64_t last_ GUARDED_BY(mutex_) = 0;
  std::map<ListenerId, Listener> listeners_ GUARDED_BY(mutex_);
  ListenerId next_listener_ GUARDED_BY(mutex_) = 0;
  bool ended_ GUARDED_BY(mutex_) = false;
};

// Of this process.
Tail& tail();

}  // namespace hearth::log
