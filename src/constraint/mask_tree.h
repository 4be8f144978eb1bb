// What tokens do in a place of an automaton, remembered. An entry tells for a node which tokens
// it takes, as far as the node's rule can tell, and where in their texts the rule is left. The
// entry behind it goes on from there in the node that called, and so on until no token gets out.
// Nodes of one class share entries.
//
// Several ways can have an entry together, down to where their calls meet. Ways apart share more:
// a string is the same wherever it stands. Together they are walked once, however many they are.
//
// Threads: thread-compatible.
// Limits:  bytes() is for whoever keeps it to watch; forget() empties it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "constraint/automaton.h"
#include "constraint/token_bits.h"
#include "constraint/token_trie.h"
#include "constraint/walk.h"

namespace hearth::constraint {

inline constexpr std::size_t kWorkOfReturn = 4;  // a text that leaves a rule

class MaskTree {
 public:
  using Tries = std::array<const TokenTrie*, 2>;

  struct Entry {
    TokenBits tokens;
    std::array<std::vector<std::uint32_t>, 2> returns;  // nodes of each trie, with more below
    bool is_last() const { return returns[0].empty() && returns[1].empty(); }
  };

  // Both outlive this.
  MaskTree(const Automaton& automaton, Tries tries, std::size_t vocabulary);

  using Place = std::uint32_t;
  // What begins at a node by its bytes alone.
  Place first(std::uint32_t node);
  // The same for several ways whose stacks stand on `base`, if it is known.
  struct Together {
    std::span<const Way> ways;
    const Stacks& stacks;
    Stack base = kBottom;
  };
  std::optional<Place> find(const Together& together);
  Place first(const Together& together);
  // The stack on which all of them stand.
  Stack meeting(std::span<const Way> ways, const Stacks& stacks);
  // What goes on in the node that called. REQUIRES: the entry is not the last.
  Place behind(Place place, std::uint32_t caller);
  const Entry& entry(Place place) const { return entries_[place]; }
  // Adds the entry's tokens, which is work, too.
  void add_tokens(Place place, Mask& mask);

  // What may be done until the next call of this. Finding a node of a trie is one; what else costs
  // how much is known by who does it (walk.h, kWorkOfReturn).
  void allow(std::size_t work) { walk_.allow(work); }
  // Then what was found since allow() is incomplete, and not remembered.
  bool is_exhausted() const { return walk_.is_exhausted(); }

  std::size_t places() const { return entries_.size(); }
  std::size_t bytes() const { return bytes_ + walk_.bytes(); }
  void forget();

 private:
  Place add_found();
  // In numbers of its own, in order. By the nodes themselves and not their classes: a walk would
  // find the node beside the one that stands for it, and so more ways than the matcher does.
  std::vector<Way> known_ways(const Together& together);
  // Walks a trie from one node up to another, both of which are below the same node.
  void follow(std::size_t trie, std::uint32_t from, std::uint32_t to, Walk::Step state);

  Tries tries_;
  std::vector<std::uint32_t> classes_;  // of each node: the first one that is like it
  Walk walk_;
  std::deque<Entry> entries_;
  std::unordered_map<std::uint64_t, Place> places_;  // by the entry before and the class
  Stacks stacks_;                                    // of ways that have entries together
  std::unordered_map<std::vector<Way>, Place, Walk::Hash> together_;
  std::size_t bytes_ = 0;

  // Of the entry that is being made.
  Mask found_;
  std::array<std::vector<std::uint32_t>, 2> returns_;
  std::vector<Walk::Step> path_;
};

}  // namespace hearth::constraint
