// States from which the same strings complete are one state: told apart by whether and what they
// accept, then by where their edges lead, until nothing more is told apart.
#include <map>

#include "constraint/pattern/string_set.h"

namespace hearth::constraint {

namespace {

// What a state looks like while states are only known by their classes.
using Look = std::vector<std::uint32_t>;

Look look_of(const StringSet::State& state, const std::vector<std::uint32_t>& classes,
             std::uint32_t own) {
  Look look{own};
  for (const StringSet::Edge& edge : state.edges) {
    const std::uint32_t to = classes[edge.to];
    const bool goes_on = look.size() > 1 && look.back() == to &&
                         look[look.size() - 2] + 1 == static_cast<std::uint32_t>(edge.range.first);
    if (goes_on) {
      look[look.size() - 2] = edge.range.last;
    } else {
      look.insert(look.end(), {edge.range.first, edge.range.last, to});
    }
  }
  return look;
}

}  // namespace

StringSet minimised(const StringSet& set) {
  std::vector<std::uint32_t> classes;
  for (const StringSet::State& state : set.states)
    classes.push_back(state.accepts ? 1 + state.kind : 0);
  std::size_t count = 0;
  while (true) {
    // Numbered as they are met, so the class of the first state is the first one.
    std::map<Look, std::uint32_t> known;
    std::vector<std::uint32_t> finer;
    for (std::size_t i = 0; i < set.states.size(); ++i) {
      const auto next = static_cast<std::uint32_t>(known.size());
      finer.push_back(
          known.try_emplace(look_of(set.states[i], classes, classes[i]), next).first->second);
    }
    classes = std::move(finer);
    if (known.size() == count) break;
    count = known.size();
  }
  StringSet least;
  least.states.resize(count);
  for (std::size_t i = 0; i < set.states.size(); ++i) {
    StringSet::State& state = least.states[classes[i]];
    if (!state.edges.empty()) continue;
    state.accepts = set.states[i].accepts;
    state.kind = set.states[i].kind;
    for (StringSet::Edge edge : set.states[i].edges) {
      edge.to = classes[edge.to];
      state.edges.push_back(edge);
    }
  }
  return least;
}

}  // namespace hearth::constraint
