// What a place in the automaton stands for: itself, the beginnings of the rules it calls, and,
// where its rule may end, the place that called it.
//
// Threads: thread-compatible; one is used again and again to save its memory.
#pragma once

#include <cstdint>
#include <vector>

#include "constraint/automaton.h"
#include "constraint/stacks.h"

namespace hearth::constraint {

// Ways at once; those that only call or end count, too.
inline constexpr std::size_t kWaysMax = 5'000;

// Ways followed beside each other.
struct Ways {
  std::vector<Way> list;  // those that a byte or a token can follow
  bool end = false;       // and one may end, with the bottom of its stack
  bool operator==(const Ways&) const = default;
};

class Closure {
 public:
  // REQUIRES: `most` bounds the ways, those that only call or end included.
  Closure(const Automaton& automaton, std::size_t most) : automaton_(automaton), most_(most) {}

  void clear();
  // Adds a place and what it stands for. False when there are too many ways.
  bool add(Way way, Stacks& stacks);
  // Adds what follows the ways by a byte.
  bool add_after(const std::vector<Way>& ways, std::uint8_t byte, Stacks& stacks);
  bool add_after_token(const std::vector<Way>& ways, Token token, Stacks& stacks);
  bool is_dead() const { return found_.empty() && !end_; }
  // Ways that were found, those that only call or end included.
  std::size_t size() const { return found_.size(); }
  // REQUIRES: nothing was refused since clear().
  void move_to(Ways& ways);

 private:
  bool insert(Way way);
  std::size_t slot_of(Way way) const;
  void rehash(std::size_t slots);

  const Automaton& automaton_;
  std::size_t most_;
  std::vector<Way> found_;
  std::vector<std::uint32_t> slots_;  // a hash table of places in found_, plus one
  bool end_ = false;
};

}  // namespace hearth::constraint
