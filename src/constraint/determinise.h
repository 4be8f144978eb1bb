// From the draft of a rule to nodes of an automaton: draft states that the same text can lead to
// become one node. Where that would need too many nodes, each draft state stays a node of its own
// and the ways are followed beside each other.
//
// Threads: pure.
// Errors:  kInvalidArgument when the automaton becomes too large; those of Effort.
#pragma once

#include <cstdint>

#include "base/result.h"
#include "constraint/automaton.h"
#include "constraint/drafts.h"
#include "constraint/effort.h"

namespace hearth::constraint {

// Nodes that a rule may have per draft state before its states are left as they are.
inline constexpr std::size_t kNodesPerState = 8;
inline constexpr std::size_t kNodesOfSmallRule = 256;

struct RuleNodes {
  std::uint32_t first = 0;
  std::uint32_t called = 0;  // the same, but its rule's text is not empty
};

// Adds the rule's nodes; calls carry the number of the called rule in place of its first node.
Result<RuleNodes> determinise(const Draft& draft, Automaton& automaton, Effort& effort);

}  // namespace hearth::constraint
