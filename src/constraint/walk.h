// The ways of an automaton as states of one that is deterministic, found as they are needed:
// sets of ways above an unknown caller, and a table from state and byte to state. Walking it
// costs one look-up per byte.
//
// Threads: thread-compatible.
// Limits:  kWalkBytesMax; beyond it everything is forgotten but the path that is walked.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

#include "constraint/automaton.h"
#include "constraint/closure.h"

namespace hearth::constraint {

inline constexpr std::size_t kWalkBytesMax = 16UL * 1024 * 1024;
// Against one of a look-up.
inline constexpr std::size_t kWorkOfStep = 128;  // that is new
inline constexpr std::size_t kWorkOfWay = 8;

class Walk {
 public:
  // Where a state's row in the table begins and, beside it, whether the caller of the lowest rule
  // is gone back to.
  using Step = std::uint32_t;
  static constexpr Step kDead = 0;
  static constexpr Step kNothingMore = 0;  // a state: all ways went back to the caller
  static constexpr Step kReturns = 1U << 31U;
  struct Hash {
    std::size_t operator()(const std::vector<Way>& ways) const;
  };

  explicit Walk(const Automaton& automaton);

  // The state of a node that only bytes lead on from; its calls are left out.
  Step bytes_of(std::uint32_t node);
  // The same for several ways beside each other; the bottom of their stacks is the caller.
  Step bytes_of(std::span<const Way> ways, const Stacks& stacks);
  // The state of a node and all it stands for. Remembered: many texts go back to one caller.
  Step resume(std::uint32_t node);
  // Where a byte leads to. Finding that out for the first time is work; where none is left, it
  // leads nowhere.
  Step next(Step state, std::uint8_t byte) {
    const Step known = table_[state + automaton_.byte_class[byte]];
    return known != kUnknown ? known : find(state, byte);
  }

  void allow(std::size_t work) { work_left_ = work; }
  void spend(std::size_t work) { work_left_ -= std::min(work, work_left_); }
  // Then what was said since allow() may be wrong.
  bool is_exhausted() const { return work_left_ == 0; }
  std::size_t bytes() const { return bytes_; }
  // Forgets all states but these, whose numbers it changes.
  void forget(std::span<Step> path);

 private:
  static constexpr Step kUnknown = UINT32_MAX;
  Step find(Step state, std::uint8_t byte);
  const std::vector<Way>& ways_of(Step state) const { return *states_[state / classes_]; }
  Step settle();
  Stack copy_of(Stack stack, const Stacks& stacks);
  Step state_of(std::vector<Way> ways);
  void add_row(const std::vector<Way>& ways);
  void reset();

  const Automaton& automaton_;
  std::size_t classes_;
  Stacks stacks_;
  Closure closure_;
  std::unordered_map<std::vector<Way>, Step, Hash> numbers_;
  std::vector<const std::vector<Way>*> states_;
  std::vector<Step> table_;
  std::unordered_map<std::uint32_t, Step> resumed_;
  std::size_t work_left_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace hearth::constraint
