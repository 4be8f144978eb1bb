#include "constraint/walk.h"

#include <algorithm>

namespace hearth::constraint {

namespace {

constexpr std::size_t kBytesPerState = 128;  // of a map's entry, about
constexpr std::size_t kBytesPerStack = 40;

}  // namespace

std::size_t Walk::Hash::operator()(const std::vector<Way>& ways) const {
  std::size_t hash = ways.size();
  for (const Way& way : ways) {
    hash ^= (std::uint64_t{way.stack} << 32U) | way.node;
    hash = hash * 0x9E3779B97F4A7C15U;
    hash ^= hash >> 29U;
  }
  return hash;
}

Walk::Walk(const Automaton& automaton)
    : automaton_(automaton), classes_(automaton.byte_classes), closure_(automaton, kWaysMax) {
  reset();
}

void Walk::reset() {
  stacks_ = {};
  numbers_.clear();
  states_.clear();
  table_.clear();
  resumed_.clear();
  bytes_ = 0;
  state_of({});
}

Walk::Step Walk::state_of(std::vector<Way> ways) {
  std::sort(ways.begin(), ways.end());
  const auto [known, added] =
      numbers_.try_emplace(std::move(ways), static_cast<Step>(table_.size()));
  if (added) {
    states_.push_back(&known->first);
    add_row(known->first);
    bytes_ += kBytesPerState + known->first.size() * sizeof(Way) + classes_ * sizeof(Step);
  }
  return known->second;
}

// Bytes that no way takes lead nowhere: that is seen for all of them at once.
void Walk::add_row(const std::vector<Way>& ways) {
  const auto row = static_cast<std::ptrdiff_t>(table_.size());
  table_.resize(table_.size() + classes_, kDead);
  for (const Way& way : ways) {
    for (const ByteEdge& edge : automaton_.bytes_of(way.node)) {
      const auto first = table_.begin() + row + automaton_.byte_class[edge.bytes.first];
      std::fill(first, table_.begin() + row + automaton_.byte_class[edge.bytes.last] + 1, kUnknown);
    }
  }
}

Walk::Step Walk::settle() {
  Ways ways;
  closure_.move_to(ways);
  spend(kWorkOfStep + kWorkOfWay * closure_.size());
  return state_of(std::move(ways.list)) | (ways.end ? kReturns : 0);
}

Walk::Step Walk::bytes_of(std::uint32_t node) {
  return state_of({{node, kBottom}});
}

Walk::Step Walk::bytes_of(std::span<const Way> ways, const Stacks& stacks) {
  std::vector<Way> own;
  own.reserve(ways.size());
  const std::size_t known = stacks_.size();
  for (std::size_t i = 0; i < ways.size(); ++i) {
    const bool again = i > 0 && ways[i].stack == ways[i - 1].stack;
    own.push_back({ways[i].node, again ? own.back().stack : copy_of(ways[i].stack, stacks)});
  }
  bytes_ += (stacks_.size() - known) * kBytesPerStack;
  spend(kWorkOfStep + kWorkOfWay * ways.size());
  return state_of(std::move(own));
}

Stack Walk::copy_of(Stack stack, const Stacks& stacks) {
  std::vector<std::uint32_t> nodes;  // from the top
  for (; stack != kBottom; stack = stacks.below(stack))
    nodes.push_back(stacks.top(stack));
  spend(nodes.size());
  Stack copy = kBottom;
  for (auto node = nodes.rbegin(); node != nodes.rend(); ++node)
    copy = stacks_.push(copy, *node, automaton_.to_end[*node]);
  return copy;
}

Walk::Step Walk::resume(std::uint32_t node) {
  const auto known = resumed_.find(node);
  if (known != resumed_.end()) return known->second;
  closure_.clear();
  const Step step = closure_.add({node, kBottom}, stacks_) ? settle() : kDead;
  resumed_.emplace(node, step);
  bytes_ += kBytesPerState;
  return step;
}

// Where there would be too many ways, none goes on: the matcher refuses such a text.
Walk::Step Walk::find(Step state, std::uint8_t byte) {
  if (is_exhausted()) return kDead;
  const std::size_t stacks = stacks_.size();
  spend(kWorkOfWay * ways_of(state).size());
  closure_.clear();
  const bool fits = closure_.add_after(ways_of(state), byte, stacks_);
  const Step step = fits && !closure_.is_dead() ? settle() : kDead;
  bytes_ += (stacks_.size() - stacks) * kBytesPerStack;
  table_[state + automaton_.byte_class[byte]] = step;
  return step;
}

void Walk::forget(std::span<Step> path) {
  std::vector<std::vector<Way>> ways;
  ways.reserve(path.size());
  std::vector<Way> all;
  for (const Step state : path) {
    ways.push_back(ways_of(state));
    all.insert(all.end(), ways.back().begin(), ways.back().end());
  }
  spend(kWorkOfWay * (stacks_.size() + all.size()));
  Stacks stacks = std::move(stacks_);
  stacks.keep(all);
  reset();
  stacks_ = std::move(stacks);
  auto next = all.begin();
  for (std::size_t i = 0; i < path.size(); ++i) {
    const auto count = static_cast<std::ptrdiff_t>(ways[i].size());
    path[i] = state_of({next, next + count});
    next += count;
  }
  bytes_ += stacks_.size() * kBytesPerStack;
}

}  // namespace hearth::constraint
