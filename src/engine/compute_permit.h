// Whether the engine may compute now: others compute on the same cores. Who grants it, and by what
// right, is not the engine's business.
//
// Threads: called on the thread that computes; none of it waits.
#pragma once

#include <cstdint>

namespace hearth::engine {

// What it would be for.
struct ComputeWish {
  std::uint32_t cores = 1;
  std::int32_t priority = 0;  // of the most urgent request
};

class ComputePermit {
 public:
  virtual ~ComputePermit() = default;
  // Asked before every step. True: it may be computed. False: not now; once it may, who grants it
  // calls Engine::look_again().
  virtual bool take(const ComputeWish& wish) = 0;
  // There is nothing to compute, until take() is called again.
  virtual void rest() = 0;
  // Others have waited lately: a long step would keep them from the cores.
  virtual bool contended() const = 0;
};

}  // namespace hearth::engine
