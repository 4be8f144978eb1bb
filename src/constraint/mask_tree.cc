#include "constraint/mask_tree.h"

#include <algorithm>

#include "constraint/node_classes.h"

namespace hearth::constraint {

namespace {

constexpr std::size_t kBytesPerEntry = 256;
constexpr std::size_t kBytesPerStack = 40;
constexpr MaskTree::Place kNoPlace = UINT32_MAX;

std::size_t depth_of(const MaskTree::Tries& tries) {
  return std::max(tries[0]->depth(), tries[1]->depth());
}

// Of each node the first of its class.
std::vector<std::uint32_t> firsts_of_classes(const std::vector<std::uint32_t>& classes) {
  std::unordered_map<std::uint32_t, std::uint32_t> firsts;
  std::vector<std::uint32_t> all;
  all.reserve(classes.size());
  for (std::uint32_t node = 0; node < classes.size(); ++node)
    all.push_back(firsts.try_emplace(classes[node], node).first->second);
  return all;
}

std::uint64_t key_of(MaskTree::Place before, std::uint32_t node_class) {
  return (std::uint64_t{before} << 32U) | node_class;
}

}  // namespace

MaskTree::MaskTree(const Automaton& automaton, Tries tries, std::size_t vocabulary)
    : tries_(tries),
      classes_(firsts_of_classes(node_classes(automaton, depth_of(tries)))),
      walk_(automaton),
      found_((vocabulary + 63) / 64),
      path_(depth_of(tries) + 1) {}

MaskTree::Place MaskTree::first(std::uint32_t node) {
  const std::uint64_t key = key_of(kNoPlace, classes_[node]);
  const auto known = places_.find(key);
  if (known != places_.end()) return known->second;
  for (std::size_t trie = 0; trie < tries_.size(); ++trie)
    follow(trie, 0, tries_[trie]->size(), walk_.bytes_of(node));
  const Place place = add_found();
  if (!is_exhausted()) places_.emplace(key, place);
  return place;
}

std::vector<Way> MaskTree::known_ways(const Together& together) {
  std::vector<Way> key;
  key.reserve(together.ways.size());
  const std::size_t stacks = stacks_.size();
  std::vector<std::uint32_t> frames;  // from the top
  Stack last = kBottom;
  for (const Way& way : together.ways) {
    if (key.empty() || way.stack != last) {
      frames.clear();
      for (Stack stack = way.stack; stack != together.base; stack = together.stacks.below(stack))
        frames.push_back(together.stacks.top(stack));
      walk_.spend(frames.size());
      last = way.stack;
    }
    if (is_exhausted()) break;
    Stack own = kBottom;
    for (auto frame = frames.rbegin(); frame != frames.rend(); ++frame)
      own = stacks_.push(own, *frame, {});
    key.push_back({way.node, own});
  }
  bytes_ += (stacks_.size() - stacks) * kBytesPerStack;
  std::sort(key.begin(), key.end());
  key.erase(std::unique(key.begin(), key.end()), key.end());
  return key;
}

Stack MaskTree::meeting(std::span<const Way> ways, const Stacks& stacks) {
  Stack base = ways.front().stack;
  for (const Way& way : ways) {
    // What is below another has the lower number.
    for (Stack other = way.stack; base != other && !is_exhausted(); walk_.spend(1))
      base > other ? base = stacks.below(base) : other = stacks.below(other);
  }
  return base;
}

std::optional<MaskTree::Place> MaskTree::find(const Together& together) {
  if (together_.empty()) return std::nullopt;
  const auto known = together_.find(known_ways(together));
  return known != together_.end() ? std::optional(known->second) : std::nullopt;
}

MaskTree::Place MaskTree::first(const Together& together) {
  std::vector<Way> key = known_ways(together);
  const auto known = together_.find(key);
  if (known != together_.end()) return known->second;
  for (std::size_t trie = 0; trie < tries_.size(); ++trie)
    follow(trie, 0, tries_[trie]->size(), walk_.bytes_of(key, stacks_));
  const Place place = add_found();
  if (is_exhausted()) return place;
  bytes_ += key.size() * sizeof(Way);
  together_.emplace(std::move(key), place);
  return place;
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
  const Place made = add_found();
  if (!is_exhausted()) places_.emplace(key, made);
  return made;
}

void MaskTree::add_tokens(Place place, Mask& mask) {
  const TokenBits& tokens = entries_[place].tokens;
  tokens.add_to(mask);
  walk_.spend(1 + tokens.bytes() / sizeof(std::uint64_t));
}

MaskTree::Place MaskTree::add_found() {
  Entry entry{TokenBits(found_), std::move(returns_)};
  walk_.spend(2 * found_.size());
  std::fill(found_.begin(), found_.end(), 0);
  returns_ = {};
  bytes_ += kBytesPerEntry + entry.tokens.bytes();
  for (std::vector<std::uint32_t>& returns : entry.returns) {
    walk_.spend(kWorkOfReturn * returns.size());
    returns.shrink_to_fit();
    bytes_ += returns.size() * sizeof(std::uint32_t);
  }
  entries_.push_back(std::move(entry));
  return static_cast<Place>(entries_.size() - 1);
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
  together_.clear();
  stacks_ = {};
  bytes_ = 0;
}

}  // namespace hearth::constraint
