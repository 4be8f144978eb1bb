#include "constraint/automaton.h"

#include <algorithm>
#include <queue>

namespace hearth::constraint {

namespace {

constexpr std::uint32_t kNoCall = UINT32_MAX;

// Shortest distances over calls (Knuth's generalisation of Dijkstra's algorithm): a node is
// settled once nothing nearer can be found for it; a call counts when both the called rule and
// the node behind the call are settled.
class Distances {
 public:
  explicit Distances(const Automaton& automaton)
      : automaton_(automaton),
        into_(automaton.size()),
        distances_(automaton.size(), kEndless),
        settled_(automaton.size(), 0) {
    for (std::uint32_t node = 0; node < automaton.size(); ++node)
      add_edges(node);
  }

  std::vector<Distance> find() {
    for (std::uint32_t node = 0; node < automaton_.size(); ++node) {
      if (automaton_.nodes[node].ends) relax(node, Distance{});
    }
    while (!open_.empty()) {
      const Entry nearest = open_.top();
      open_.pop();
      if (settled_[nearest.node] != 0) continue;
      settled_[nearest.node] = 1;
      for (const Into& into : into_[nearest.node])
        arrive(into, nearest);
    }
    return std::move(distances_);
  }

 private:
  struct Entry {
    Distance distance;
    std::uint32_t node;
    bool operator>(const Entry& other) const { return distance > other.distance; }
  };
  struct Into {
    std::uint32_t from;
    std::uint32_t other;  // of a call: its other end
    Distance length;      // of an edge
  };

  void add_edges(std::uint32_t node) {
    for (const ByteEdge& edge : automaton_.bytes_of(node))
      into_[edge.to].push_back({node, kNoCall, {.bytes = 1}});
    for (const TokenEdge& edge : automaton_.tokens_of(node))
      into_[edge.to].push_back({node, kNoCall, {.tokens = 1}});
    for (const Call& call : automaton_.calls_of(node)) {
      into_[call.to].push_back({node, call.start, {}});
      into_[call.start].push_back({node, call.to, {}});
    }
  }

  void arrive(const Into& into, const Entry& at) {
    if (into.other == kNoCall) {
      relax(into.from, into.length + at.distance);
    } else if (settled_[into.other] != 0) {
      relax(into.from, distances_[into.other] + at.distance);
    }
  }

  void relax(std::uint32_t node, Distance distance) {
    if (distance >= distances_[node]) return;
    distances_[node] = distance;
    open_.push({distance, node});
  }

  const Automaton& automaton_;
  std::vector<std::vector<Into>> into_;
  std::vector<Distance> distances_;
  std::vector<char> settled_;
  std::priority_queue<Entry, std::vector<Entry>, std::greater<>> open_;
};

}  // namespace

Distance operator+(const Distance& a, const Distance& b) {
  return {std::min(a.tokens + b.tokens, kFarthest.tokens),
          std::min(a.bytes + b.bytes, kFarthest.bytes)};
}

bool TokenSet::has(Token token) const {
  return std::binary_search(tokens.begin(), tokens.end(), token) != others;
}

void prune(Automaton& automaton) {
  automaton.to_end = Distances(automaton).find();
  const auto lives = [&automaton](std::uint32_t node) {
    return automaton.to_end[node] != kEndless;
  };
  Automaton kept;
  for (std::uint32_t node = 0; node < automaton.size(); ++node) {
    kept.nodes.push_back({.bytes = static_cast<std::uint32_t>(kept.bytes.size()),
                          .calls = static_cast<std::uint32_t>(kept.calls.size()),
                          .tokens = static_cast<std::uint32_t>(kept.tokens.size()),
                          .ends = automaton.nodes[node].ends});
    for (const ByteEdge& edge : automaton.bytes_of(node)) {
      if (lives(edge.to)) kept.bytes.push_back(edge);
    }
    for (const Call& call : automaton.calls_of(node)) {
      if (lives(call.start) && lives(call.to)) kept.calls.push_back(call);
    }
    for (const TokenEdge& edge : automaton.tokens_of(node)) {
      if (lives(edge.to)) kept.tokens.push_back(edge);
    }
  }
  kept.nodes.push_back({.bytes = static_cast<std::uint32_t>(kept.bytes.size()),
                        .calls = static_cast<std::uint32_t>(kept.calls.size()),
                        .tokens = static_cast<std::uint32_t>(kept.tokens.size())});
  automaton.nodes = std::move(kept.nodes);
  automaton.bytes = std::move(kept.bytes);
  automaton.calls = std::move(kept.calls);
  automaton.tokens = std::move(kept.tokens);
}

}  // namespace hearth::constraint
