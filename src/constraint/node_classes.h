// Nodes that behave alike for every text of at most so many bytes. The middle of a long bounded
// repetition is one class: no token can tell its places apart.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <vector>

#include "constraint/automaton.h"

namespace hearth::constraint {

// The class of each node: texts of up to `bytes` bytes lead on from nodes of one class, and back
// to the callers of their rules, in the same way.
std::vector<std::uint32_t> node_classes(const Automaton& automaton, std::size_t bytes);

}  // namespace hearth::constraint
