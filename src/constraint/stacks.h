// Where calls go back to: stacks of nodes that share their lower parts, each kept once, so that
// two stacks are the same when their numbers are.
//
// Threads: thread-compatible; a value.
// Limits:  keep() forgets what is no longer used; who grows stacks calls it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "constraint/automaton.h"

namespace hearth::constraint {

using Stack = std::uint32_t;
inline constexpr Stack kBottom = 0;

// A place in the automaton, and where its calls go back to.
struct Way {
  std::uint32_t node = 0;
  Stack stack = kBottom;
  auto operator<=>(const Way&) const = default;
};

class Stacks {
 public:
  Stacks();

  // `to_end` is how far it is from the node to the end of its rule.
  Stack push(Stack below, std::uint32_t node, const Distance& to_end);
  // REQUIRES: not the bottom.
  std::uint32_t top(Stack stack) const { return frames_[stack].node; }
  Stack below(Stack stack) const { return frames_[stack].below; }
  // From the top to the end of the lowest rule.
  const Distance& to_end(Stack stack) const { return frames_[stack].to_end; }

  std::size_t size() const { return frames_.size(); }
  // Forgets all stacks but those of these ways, whose numbers it changes.
  void keep(std::span<Way> ways);

 private:
  struct Frame {
    Stack below = kBottom;
    std::uint32_t node = 0;
    Distance to_end = {};
  };
  std::size_t slot_of(Stack below, std::uint32_t node) const;
  void grow();

  std::vector<Frame> frames_;
  std::vector<Stack> slots_;  // a hash table; kBottom where nothing stands
};

}  // namespace hearth::constraint
