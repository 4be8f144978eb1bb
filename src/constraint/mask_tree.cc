#include "constraint/mask_tree.h"

#include <algorithm>

#include "constraint/node_classes.h"

namespace hearth::constraint {

namespace {

constexpr std::size_t kBytesPerEntry = 256;
constexpr MaskTree::Place kNoPlace = UINT32_MAX;

std::size_t depth_of(const MaskTree::Tries& tries) {
  return std::max(tries[0]->depth(), tries[1]->depth());
}

std::uint64_t key_of(MaskTree::Place before, std::uint32_t node_class) {
  return (std::uint64_t{before} << 32U) | node_class;
}

}  // namespace

MaskTree::MaskTree(const Automaton& automaton, Tries tries, std::size_t vocabulary)
    : tries_(tries),
      classes_(node_classes(automaton, depth_of(tries))),
      walk_(automaton),
      found_((vocabulary + 63) / 64),
      path_(depth_of(tries) + 1) {}

MaskTree::Place MaskTree::first(std::uint32_t node) {
  const std::uint64_t key = key_of(kNoPlace, classes_[node]);
  const auto known = places_.find(key);
  if (known != places_.end()) return known->second;
  for (std::size_t trie = 0; trie < tries_.size(); ++trie)
    follow(trie, 0, tries_[trie]->size(), walk_.bytes_of(node));
  return add(key, {TokenBits(found_), std::move(returns_)});
}

MaskTree::Place MaskTree::behind(Place place, std::uint32_t caller) {
  const std::uint64_t key = key_of(place, classes_[caller]);
  const auto known = places_.find(key);
  if (known != places_.end()) return known->second;
  for (std::size_t trie = 0; trie < tries_.size(); ++trie) {
    const auto nodes = tries_[trie]->nodes();
    walk_.spend(kWorkOfReturn * entries_[place].returns[trie].size());
    for (const std::uint32_t node : entries_[place].returns[trie]) {
      if (is_exhausted()) break;
      const Walk::Step step = walk_.resume(caller);
      if ((step & Walk::kReturns) != 0) returns_[trie].push_back(node);
      follow(trie, node + 1, nodes[node].behind, step & ~Walk::kReturns);
    }
  }
  return add(key, {TokenBits(found_), std::move(returns_)});
}

void MaskTree::add_tokens(Place place, Mask& mask) {
  const TokenBits& tokens = entries_[place].tokens;
  tokens.add_to(mask);
  walk_.spend(1 + tokens.bytes() / sizeof(std::uint64_t));
}

MaskTree::Place MaskTree::add(std::uint64_t key, Entry entry) {
  walk_.spend(2 * found_.size());
  std::fill(found_.begin(), found_.end(), 0);
  returns_ = {};
  bytes_ += kBytesPerEntry + entry.tokens.bytes();
  for (std::vector<std::uint32_t>& returns : entry.returns) {
    walk_.spend(kWorkOfReturn * returns.size());
    returns.shrink_to_fit();
    bytes_ += returns.size() * sizeof(std::uint32_t);
  }
  const auto place = static_cast<Place>(entries_.size());
  entries_.push_back(std::move(entry));
  places_.emplace(key, place);
  return place;
}

void MaskTree::follow(std::size_t trie, std::uint32_t from, std::uint32_t to, Walk::Step state) {
  if (from >= to || state == Walk::kNothingMore) return;
  const TokenTrie::Node* nodes = tries_[trie]->nodes().data();
  const Token* tokens = tries_[trie]->tokens().data();
  std::uint64_t* found = found_.data();
  Walk::Step* path = path_.data();
  const std::size_t base = nodes[from].depth - 1U;
  path[base] = state;
  std::size_t steps = 0;
  for (std::uint32_t at = from; at < to; ++steps) {
    const TokenTrie::Node& node = nodes[at];
    const Walk::Step step = walk_.next(path[node.depth - 1U], node.byte);
    if (step == Walk::kDead) {
      at = node.behind;
      continue;
    }
    // Most nodes have one token or none: that is no branch, since it could not be foreseen.
    const std::uint32_t count = nodes[at + 1].tokens - node.tokens;
    const auto token = static_cast<std::uint32_t>(tokens[node.tokens]);
    found[token / 64] |= std::uint64_t{count != 0} << (token % 64);
    for (std::uint32_t more = 1; more < count; ++more)
      set_bit(found_, tokens[node.tokens + more]);
    if ((step & Walk::kReturns) != 0 && node.behind > at + 1) returns_[trie].push_back(at);
    const Walk::Step next = step & ~Walk::kReturns;
    path[node.depth] = next;
    at = next == Walk::kNothingMore ? node.behind : at + 1;
    if (walk_.bytes() > kWalkBytesMax)
      walk_.forget(std::span(path_).subspan(base, node.depth + 1U - base));
  }
  walk_.spend(steps);
}

void MaskTree::forget() {
  entries_.clear();
  places_.clear();
  bytes_ = 0;
}

}  // namespace hearth::constraint
