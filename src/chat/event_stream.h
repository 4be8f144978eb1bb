// A stream of events that its reader pulls: whoever does not ask gets nothing, so a slow reader
// holds back the engine instead of filling memory. Destroying the stream cancels the work behind
// it, and the engine stops within one step.
//
// Threads:    confined to the daemon's loop.
// Ownership:  the reader owns the stream; it may destroy it at any time, also inside a handler.
// Invariants: at most one next() is outstanding; a handler is never called from inside next();
//             after Finished or Failed no next() is allowed; a destroyed stream calls no handler.
#pragma once

#include <functional>

#include "chat/event.h"

namespace hearth::chat {

class EventStream {
 public:
  using Handler = std::function<void(Event)>;
  virtual ~EventStream() = default;
  virtual void next(Handler handler) = 0;
};

}  // namespace hearth::chat
