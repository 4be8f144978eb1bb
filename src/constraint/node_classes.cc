#include "constraint/node_classes.h"

#include <algorithm>
#include <unordered_map>

namespace hearth::constraint {

namespace {

// Gives every sequence of numbers that is asked for one of its own, exactly: a sequence is the
// number of all but its last, and that.
class Sequences {
 public:
  std::uint32_t behind(std::uint32_t sequence, std::uint32_t next) {
    const std::uint64_t key = (std::uint64_t{sequence} << 32U) | next;
    return known_.try_emplace(key, static_cast<std::uint32_t>(known_.size() + 1)).first->second;
  }
  void clear() { known_.clear(); }

 private:
  struct Hash {
    std::size_t operator()(std::uint64_t key) const { return (key * 0x9E3779B97F4A7C15U) >> 20U; }
  };
  std::unordered_map<std::uint64_t, std::uint32_t, Hash> known_;
};

// Refines classes round by round. Nodes of one class after n rounds are alike for n edges, and
// every edge takes a byte. Only those whose followers left their class are looked at again.
class Refinement {
 public:
  explicit Refinement(const Automaton& automaton)
      : automaton_(automaton), classes_(automaton.size()), seen_(automaton.size(), 0) {
    std::unordered_map<std::uint32_t, std::uint32_t> known;  // classes, by their labels
    for (std::uint32_t node = 0; node < automaton.size(); ++node) {
      const auto [place, added] =
          known.try_emplace(labels_of(node), static_cast<std::uint32_t>(sizes_.size()));
      if (added) sizes_.push_back(0);
      classes_[node] = place->second;
      ++sizes_[place->second];
      open_.push_back(node);
    }
    find_before();
  }

  bool is_done() const { return open_.empty(); }

  void round() {
    sequences_.clear();
    groups_.clear();
    for (const std::uint32_t node : open_)
      groups_.push_back({classes_[node], followers_of(node), node});
    std::sort(groups_.begin(), groups_.end());
    moved_.clear();
    for (auto group = groups_.begin(); group != groups_.end();)
      group = split(group);
    ++round_;
    open_.clear();
    for (const std::uint32_t node : moved_) {
      for (std::uint32_t at = before_begins_[node]; at < before_begins_[node + 1]; ++at) {
        if (seen_[before_[at]] == round_) continue;
        seen_[before_[at]] = round_;
        open_.push_back(before_[at]);
      }
    }
  }

  std::vector<std::uint32_t> take() { return std::move(classes_); }

 private:
  // An open node, by its class and by what follows it.
  struct Member {
    std::uint32_t old;
    std::uint32_t followers;
    std::uint32_t node;
    auto operator<=>(const Member&) const = default;
  };
  using Members = std::vector<Member>;

  template <typename Visit>
  void for_targets(std::uint32_t node, const Visit& visit) const {
    for (const ByteEdge& edge : automaton_.bytes_of(node))
      visit(edge.to);
    for (const Call& call : automaton_.calls_of(node))
      visit(call.to);
    for (const TokenEdge& edge : automaton_.tokens_of(node))
      visit(edge.to);
  }

  // The nodes before each: those before node n stand from before_begins_[n] on.
  void find_before() {
    before_begins_.assign(automaton_.size() + 1, 0);
    for (std::uint32_t node = 0; node < automaton_.size(); ++node)
      for_targets(node, [this](std::uint32_t to) { ++before_begins_[to]; });
    std::uint32_t end = 0;
    for (std::uint32_t& begin : before_begins_)
      begin = end += begin;
    before_.resize(end);
    for (std::uint32_t node = 0; node < automaton_.size(); ++node)
      for_targets(node, [this, node](std::uint32_t to) { before_[--before_begins_[to]] = node; });
  }

  std::uint32_t labels_of(std::uint32_t node) {
    std::uint32_t labels = sequences_.behind(0, automaton_.nodes[node].ends ? 1 : 0);
    const auto add = [this, &labels](std::uint32_t label) {
      labels = sequences_.behind(labels, label);
    };
    for (const ByteEdge& edge : automaton_.bytes_of(node))
      add(edge.bytes.first * 256U + edge.bytes.last);
    add(UINT32_MAX);
    for (const Call& call : automaton_.calls_of(node)) {
      add(call.start);
      add(automaton_.only_ends(call.to) ? 1 : 0);
    }
    add(UINT32_MAX);
    for (const TokenEdge& edge : automaton_.tokens_of(node))
      add(edge.tokens);
    return labels;
  }

  std::uint32_t followers_of(std::uint32_t node) {
    std::uint32_t followers = 0;
    for_targets(node, [this, &followers](std::uint32_t to) {
      followers = sequences_.behind(followers, classes_[to]);
    });
    return followers;
  }

  // Gives the groups of one class classes of their own, all but one if these are all its nodes.
  // What follows an open node is new, so it is unlike the nodes that are not open.
  Members::iterator split(Members::iterator first) {
    const std::uint32_t old = first->old;
    const auto last = std::find_if(first, groups_.end(),
                                   [old](const Member& member) { return member.old != old; });
    const auto end_of = [last](Members::iterator group) {
      return std::find_if(group, last, [group](const Member& member) {
        return member.followers != group->followers;
      });
    };
    auto largest = first;
    std::ptrdiff_t most = 0;
    for (auto group = first; group != last;) {
      const auto next = end_of(group);
      if (next - group > most) {
        most = next - group;
        largest = group;
      }
      group = next;
    }
    const bool all = static_cast<std::size_t>(last - first) == sizes_[old];
    for (auto group = first; group != last;) {
      const auto next = end_of(group);
      if (!all || group != largest) rename(group, next);
      group = next;
    }
    return last;
  }

  void rename(Members::iterator first, Members::iterator last) {
    const auto fresh = static_cast<std::uint32_t>(sizes_.size());
    const auto count = static_cast<std::size_t>(last - first);
    sizes_.push_back(count);
    sizes_[first->old] -= count;
    for (auto member = first; member != last; ++member) {
      classes_[member->node] = fresh;
      moved_.push_back(member->node);
    }
  }

  const Automaton& automaton_;
  Sequences sequences_;
  std::vector<std::uint32_t> before_;
  std::vector<std::uint32_t> before_begins_;
  std::vector<std::uint32_t> classes_;
  std::vector<std::size_t> sizes_;
  std::vector<std::uint32_t> open_;
  std::vector<std::uint32_t> moved_;
  Members groups_;
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
