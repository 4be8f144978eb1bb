#include "constraint/node_classes.h"

#include <algorithm>
#include <map>

namespace hearth::constraint {

namespace {

using Signature = std::vector<std::uint32_t>;

// Refines classes round by round. Nodes of one class after n rounds are alike for n edges, and
// every edge takes a byte. Only those whose followers left their class are looked at again.
class Refinement {
 public:
  explicit Refinement(const Automaton& automaton)
      : automaton_(automaton), before_(automaton.size()), classes_(automaton.size()) {
    std::map<Signature, std::uint32_t> known;
    for (std::uint32_t node = 0; node < automaton.size(); ++node) {
      for_targets(node, [this, node](std::uint32_t to) { before_[to].push_back(node); });
      const auto [place, added] =
          known.try_emplace(labels_of(node), static_cast<std::uint32_t>(sizes_.size()));
      if (added) sizes_.push_back(0);
      classes_[node] = place->second;
      ++sizes_[place->second];
      open_.push_back(node);
    }
    seen_.assign(automaton.size(), 0);
  }

  bool is_done() const { return open_.empty(); }

  void round() {
    Groups groups;  // by class, then what follows
    for (const std::uint32_t node : open_)
      groups[followers_of(node)].push_back(node);
    moved_.clear();
    for (auto group = groups.begin(); group != groups.end();)
      group = split(groups, group);
    ++round_;
    open_.clear();
    for (const std::uint32_t node : moved_) {
      for (const std::uint32_t from : before_[node]) {
        if (seen_[from] == round_) continue;
        seen_[from] = round_;
        open_.push_back(from);
      }
    }
  }

  std::vector<std::uint32_t> take() { return std::move(classes_); }

 private:
  using Groups = std::map<Signature, std::vector<std::uint32_t>>;

  template <typename Visit>
  void for_targets(std::uint32_t node, const Visit& visit) const {
    for (const ByteEdge& edge : automaton_.bytes_of(node))
      visit(edge.to);
    for (const Call& call : automaton_.calls_of(node))
      visit(call.to);
    for (const TokenEdge& edge : automaton_.tokens_of(node))
      visit(edge.to);
  }

  Signature labels_of(std::uint32_t node) const {
    Signature labels{automaton_.nodes[node].ends ? 1U : 0U};
    for (const ByteEdge& edge : automaton_.bytes_of(node))
      labels.push_back(edge.bytes.first * 256U + edge.bytes.last);
    labels.push_back(UINT32_MAX);
    for (const Call& call : automaton_.calls_of(node)) {
      labels.push_back(call.start);
      labels.push_back(automaton_.only_ends(call.to) ? 1 : 0);
    }
    labels.push_back(UINT32_MAX);
    for (const TokenEdge& edge : automaton_.tokens_of(node))
      labels.push_back(edge.tokens);
    return labels;
  }

  Signature followers_of(std::uint32_t node) const {
    Signature followers{classes_[node]};
    for_targets(node, [this, &followers](std::uint32_t to) { followers.push_back(classes_[to]); });
    return followers;
  }

  // Gives the groups of one class classes of their own, all but one if these are all its nodes.
  // What follows an open node is new, so it is unlike the nodes that are not open.
  Groups::iterator split(Groups& groups, Groups::iterator first) {
    const std::uint32_t old = first->first.front();
    std::size_t open = 0;
    auto largest = first;
    auto last = first;
    for (; last != groups.end() && last->first.front() == old; ++last) {
      open += last->second.size();
      if (last->second.size() > largest->second.size()) largest = last;
    }
    const bool all = open == sizes_[old];
    for (auto group = first; group != last; ++group) {
      if (all && group == largest) continue;
      const auto fresh = static_cast<std::uint32_t>(sizes_.size());
      sizes_.push_back(group->second.size());
      sizes_[old] -= group->second.size();
      for (const std::uint32_t node : group->second)
        classes_[node] = fresh;
      moved_.insert(moved_.end(), group->second.begin(), group->second.end());
    }
    return last;
  }

  const Automaton& automaton_;
  std::vector<std::vector<std::uint32_t>> before_;
  std::vector<std::uint32_t> classes_;
  std::vector<std::size_t> sizes_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> moved_;
  std::vector<std::size_t> seen_;  // in which round
  std::size_t round_ = 0;
};

}  // namespace

std::vector<std::uint32_t> node_classes(const Automaton& automaton, std::size_t bytes) {
  Refinement refinement(automaton);
  for (std::size_t round = 0; round < bytes && !refinement.is_done(); ++round)
    refinement.round();
  return refinement.take();
}

}  // namespace hearth::constraint
