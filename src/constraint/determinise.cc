#include "constraint/determinise.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

using Set = std::vector<std::uint32_t>;  // of draft states, in order

enum class Mode : std::uint8_t { kMerged, kAsDrafted };
enum class Outcome : std::uint8_t { kDone, kTooManyNodes, kTooMuchWork };

class Determiniser {
 public:
  Determiniser(const Draft& draft, Automaton& automaton, Effort& effort)
      : draft_(draft), automaton_(automaton), effort_(effort), seen_(draft.states.size(), 0) {}

  Outcome run(Mode mode) {
    mode_ = mode;
    base_ = automaton_.nodes.size();
    const std::size_t most = mode == Mode::kMerged
                                 ? kNodesOfSmallRule + kNodesPerState * draft_.states.size()
                                 : kNodesMax;
    node_of({draft_.start});
    for (std::size_t next = 0; next < sets_.size(); ++next) {
      if (sets_.size() > most || base_ + sets_.size() >= kNodesMax) return Outcome::kTooManyNodes;
      const std::size_t edges = std::max(automaton_.bytes.size(), automaton_.calls.size());
      if (effort_.is_over() || edges > kEdgesMax) return Outcome::kTooMuchWork;
      expand(*sets_[next]);
    }
    return Outcome::kDone;
  }

 private:
  // The node of all states that these lead to without a label.
  std::uint32_t node_of(Set states) {
    ++visit_;
    Set closed;
    std::vector<std::uint32_t>& open = states;
    while (!open.empty()) {
      const std::uint32_t state = open.back();
      open.pop_back();
      if (seen_[state] == visit_) continue;
      seen_[state] = visit_;
      const Draft::State& here = draft_.states[state];
      if (!here.edges.empty() || state == draft_.end) closed.push_back(state);
      open.insert(open.end(), here.skips.begin(), here.skips.end());
      effort_.spend(1 + here.skips.size());
    }
    std::sort(closed.begin(), closed.end());
    const auto [known, added] =
        places_.try_emplace(std::move(closed), static_cast<std::uint32_t>(base_ + sets_.size()));
    if (added) sets_.push_back(&known->first);
    return known->second;
  }

  void expand(const Set& set) {
    automaton_.nodes.push_back({.bytes = static_cast<std::uint32_t>(automaton_.bytes.size()),
                                .calls = static_cast<std::uint32_t>(automaton_.calls.size()),
                                .tokens = static_cast<std::uint32_t>(automaton_.tokens.size()),
                                .ends = std::binary_search(set.begin(), set.end(), draft_.end)});
    if (mode_ == Mode::kMerged) {
      add_merged_bytes(set);
    } else {
      add_drafted_bytes(set);
    }
    add_symbols(set);
  }

  template <typename Visit>
  void for_edges(const Set& set, Draft::Label label, const Visit& visit) {
    for (const std::uint32_t state : set) {
      effort_.spend(1 + draft_.states[state].edges.size());
      for (const Draft::Edge& edge : draft_.states[state].edges) {
        if (edge.label == label) visit(edge);
      }
    }
  }

  // One edge for each run of bytes that lead to the same states.
  void add_merged_bytes(const Set& set) {
    cuts_.clear();
    leaving_.clear();
    for_edges(set, Draft::Label::kByte, [this](const Draft::Edge& edge) {
      leaving_.push_back(&edge);
      cuts_.push_back(edge.bytes.first);
      cuts_.push_back(edge.bytes.last + std::size_t{1});
    });
    std::sort(cuts_.begin(), cuts_.end());
    cuts_.erase(std::unique(cuts_.begin(), cuts_.end()), cuts_.end());
    // Each edge in the runs that it has a part in.
    std::vector<Set> targets(cuts_.size());
    for (const Draft::Edge* edge : leaving_) {
      auto run = std::lower_bound(cuts_.begin(), cuts_.end(), edge->bytes.first);
      for (; *run <= edge->bytes.last; ++run) {
        targets[static_cast<std::size_t>(run - cuts_.begin())].push_back(edge->to);
        effort_.spend(1);
      }
    }
    const std::size_t begin = automaton_.bytes.size();
    for (std::size_t run = 0; run + 1 < cuts_.size(); ++run) {
      if (targets[run].empty()) continue;
      append({static_cast<std::uint8_t>(cuts_[run]), static_cast<std::uint8_t>(cuts_[run + 1] - 1)},
             node_of(std::move(targets[run])), begin);
    }
  }

  void append(ByteRange bytes, std::uint32_t to, std::size_t begin) {
    std::vector<ByteEdge>& edges = automaton_.bytes;
    if (edges.size() > begin && edges.back().to == to &&
        edges.back().bytes.last + 1U == bytes.first) {
      edges.back().bytes.last = bytes.last;
      return;
    }
    edges.push_back({bytes, to});
  }

  void add_drafted_bytes(const Set& set) {
    for_edges(set, Draft::Label::kByte, [this](const Draft::Edge& edge) {
      automaton_.bytes.push_back({edge.bytes, node_of({edge.to})});
    });
  }

  void add_symbols(const Set& set) {
    using Symbol = std::pair<Draft::Label, std::uint32_t>;
    std::multimap<Symbol, Set> targets;
    const auto collect = [this, &targets](const Draft::Edge& edge) {
      const Symbol symbol{edge.label, edge.symbol};
      const auto known = mode_ == Mode::kMerged ? targets.find(symbol) : targets.end();
      if (known != targets.end()) {
        known->second.push_back(edge.to);
      } else {
        targets.emplace(symbol, Set{edge.to});
      }
    };
    for_edges(set, Draft::Label::kCall, collect);
    for_edges(set, Draft::Label::kToken, collect);
    for (auto& [symbol, states] : targets) {
      const std::uint32_t to = node_of(std::move(states));
      if (symbol.first == Draft::Label::kCall) {
        automaton_.calls.push_back({symbol.second, to});
      } else {
        automaton_.tokens.push_back({symbol.second, to});
      }
    }
  }

  const Draft& draft_;
  Automaton& automaton_;
  Effort& effort_;
  Mode mode_ = Mode::kMerged;
  std::size_t base_ = 0;
  std::map<Set, std::uint32_t> places_;
  std::vector<const Set*> sets_;
  std::vector<std::size_t> cuts_;  // of the set at hand: where runs of its bytes begin
  std::vector<const Draft::Edge*> leaving_;
  std::vector<std::uint32_t> seen_;  // at which visit
  std::uint32_t visit_ = 0;
};

struct Sizes {
  std::size_t nodes;
  std::size_t bytes;
  std::size_t calls;
  std::size_t tokens;
};

Sizes sizes_of(const Automaton& automaton) {
  return {automaton.nodes.size(), automaton.bytes.size(), automaton.calls.size(),
          automaton.tokens.size()};
}

void cut_back(Automaton& automaton, const Sizes& sizes) {
  automaton.nodes.resize(sizes.nodes);
  automaton.bytes.resize(sizes.bytes);
  automaton.calls.resize(sizes.calls);
  automaton.tokens.resize(sizes.tokens);
}

// The node again, as one whose rule's text does not end there.
std::uint32_t add_without_end(Automaton& automaton, std::uint32_t node, const Sizes& ends) {
  const Node from = automaton.nodes[node];
  const bool last = node + 1U == automaton.nodes.size();
  const Node to = last ? Node{.bytes = static_cast<std::uint32_t>(ends.bytes),
                              .calls = static_cast<std::uint32_t>(ends.calls),
                              .tokens = static_cast<std::uint32_t>(ends.tokens)}
                       : automaton.nodes[node + 1];
  automaton.nodes.push_back({.bytes = static_cast<std::uint32_t>(ends.bytes),
                             .calls = static_cast<std::uint32_t>(ends.calls),
                             .tokens = static_cast<std::uint32_t>(ends.tokens)});
  for (std::uint32_t i = from.bytes; i < to.bytes; ++i)
    automaton.bytes.push_back(ByteEdge(automaton.bytes[i]));
  for (std::uint32_t i = from.calls; i < to.calls; ++i)
    automaton.calls.push_back(Call(automaton.calls[i]));
  for (std::uint32_t i = from.tokens; i < to.tokens; ++i)
    automaton.tokens.push_back(TokenEdge(automaton.tokens[i]));
  return static_cast<std::uint32_t>(automaton.nodes.size() - 1);
}

Failure too_large() {
  return fail(
      Code::kInvalidArgument,
      fmt::format(
          "the grammar or schema is too large: its automaton would need more than {} nodes, "
          "or too much work; repeat less, or use fewer alternatives",
          kNodesMax));
}

}  // namespace

Result<RuleNodes> determinise(const Draft& draft, Automaton& automaton, Effort& effort) {
  const Sizes before = sizes_of(automaton);
  Outcome outcome = Determiniser(draft, automaton, effort).run(Mode::kMerged);
  if (outcome == Outcome::kTooManyNodes) {
    cut_back(automaton, before);
    outcome = Determiniser(draft, automaton, effort).run(Mode::kAsDrafted);
  }
  if (outcome == Outcome::kTooMuchWork) HEARTH_TRY(effort.check());
  if (outcome != Outcome::kDone) return too_large();
  RuleNodes nodes{static_cast<std::uint32_t>(before.nodes),
                  static_cast<std::uint32_t>(before.nodes)};
  if (automaton.nodes[nodes.first].ends)
    nodes.called = add_without_end(automaton, nodes.first, sizes_of(automaton));
  return nodes;
}

}  // namespace hearth::constraint
