#include "constraint/pattern/string_set.h"

#include <algorithm>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "constraint/pattern/pattern.h"

namespace hearth::constraint {

namespace {

constexpr std::uint32_t kNowhere = UINT32_MAX;
constexpr char32_t kLastCodePoint = 0x10FFFF;

Failure too_large() {
  return fail(Code::kInvalidArgument,
              fmt::format("together takes more than {} states; use simpler patterns or smaller "
                          "limits",
                          kStringSetStatesMax));
}

std::uint32_t step(const StringSet& set, std::uint32_t from, char32_t point) {
  if (from == kNowhere) return kNowhere;
  for (const StringSet::Edge& edge : set.states[from].edges) {
    if (point >= edge.range.first && point <= edge.range.last) return edge.to;
  }
  return kNowhere;
}

// The states from which a string of the set can still be completed.
std::vector<bool> useful_states(const StringSet& set) {
  std::vector<std::vector<std::uint32_t>> before(set.states.size());
  std::vector<bool> useful(set.states.size());
  std::vector<std::uint32_t> pending;
  for (std::uint32_t i = 0; i < set.states.size(); ++i) {
    for (const StringSet::Edge& edge : set.states[i].edges)
      before[edge.to].push_back(i);
    if (set.states[i].accepts) {
      useful[i] = true;
      pending.push_back(i);
    }
  }
  while (!pending.empty()) {
    const std::uint32_t state = pending.back();
    pending.pop_back();
    for (const std::uint32_t from : before[state]) {
      if (useful[from]) continue;
      useful[from] = true;
      pending.push_back(from);
    }
  }
  return useful;
}

StringSet trimmed(const StringSet& set) {
  const std::vector<bool> useful = useful_states(set);
  std::vector<std::uint32_t> places(set.states.size(), kNowhere);
  std::uint32_t count = 1;
  places[0] = 0;
  for (std::uint32_t i = 1; i < places.size(); ++i) {
    if (useful[i]) places[i] = count++;
  }
  StringSet kept;
  kept.states.resize(count);
  for (std::uint32_t i = 0; i < places.size(); ++i) {
    if (places[i] == kNowhere) continue;
    StringSet::State& state = kept.states[places[i]];
    state.accepts = set.states[i].accepts;
    state.kind = set.states[i].kind;
    for (const StringSet::Edge& edge : set.states[i].edges) {
      if (!useful[edge.to]) continue;
      const CodePointRange range = edge.range;
      if (!state.edges.empty() && state.edges.back().to == places[edge.to] &&
          state.edges.back().range.last + 1 == range.first) {
        state.edges.back().range.last = range.last;
      } else {
        state.edges.push_back({range, places[edge.to]});
      }
    }
  }
  return kept;
}

// Where ranges of two kinds of edges begin: between two of these all characters are alike.
void add_cuts(std::vector<char32_t>& cuts, const CodePointRange& range) {
  cuts.push_back(range.first);
  if (range.last < kLastCodePoint) cuts.push_back(range.last + 1);
}

void order(std::vector<char32_t>& cuts) {
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
}

// Where the characters begin that lead on from these states of these sets.
std::vector<char32_t> cuts_of(const std::vector<const StringSet*>& sets,
                              const std::vector<std::uint32_t>& states) {
  std::vector<char32_t> cuts;
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (states[i] == kNowhere) continue;
    for (const StringSet::Edge& edge : sets[i]->states[states[i]].edges)
      add_cuts(cuts, edge.range);
  }
  order(cuts);
  return cuts;
}

char32_t last_of(const std::vector<char32_t>& cuts, std::size_t i) {
  return i + 1 < cuts.size() ? cuts[i + 1] - 1 : kLastCodePoint;
}

}  // namespace

bool StringSet::accepts(std::u32string_view string) const {
  std::uint32_t state = 0;
  for (const char32_t point : string)
    state = step(*this, state, point);
  return state != kNowhere && states[state].accepts;
}

bool StringSet::empty() const {
  return !states[0].accepts && states[0].edges.empty();
}

std::size_t size_of(const StringSet& set) {
  std::size_t size = set.states.size();
  for (const StringSet::State& state : set.states)
    size += state.edges.size();
  return size;
}

Result<StringSet> set_of_strings(const std::vector<std::u32string>& strings) {
  std::vector<std::map<char32_t, std::uint32_t>> nodes(1);
  std::vector<bool> ends(1);
  for (const std::u32string& string : strings) {
    std::uint32_t node = 0;
    for (const char32_t point : string) {
      const auto [place, fresh] =
          nodes[node].try_emplace(point, static_cast<std::uint32_t>(nodes.size()));
      node = place->second;
      if (!fresh) continue;
      if (nodes.size() == kStringSetStatesMax) return too_large();
      nodes.emplace_back();
      ends.push_back(false);
    }
    ends[node] = true;
  }
  StringSet tree;
  tree.states.resize(nodes.size());
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    tree.states[i].accepts = ends[i];
    for (const auto& [point, to] : nodes[i])
      tree.states[i].edges.push_back({{point, point}, to});
  }
  return tree;
}

Result<StringSet> set_of_lengths(std::uint64_t least, std::uint64_t most) {
  const std::uint64_t last = most == kUnbounded ? least : most;
  if (last >= kStringSetStatesMax) return too_large();
  StringSet line;
  line.states.resize(last + 1);
  for (std::uint32_t i = 0; i <= last; ++i) {
    StringSet::State& state = line.states[i];
    state.accepts = i >= least;
    if (i == last && most != kUnbounded) break;
    const std::uint32_t next = i == last ? i : i + 1;
    for (const CodePointRange& range : any_character().ranges)
      state.edges.push_back({range, next});
  }
  return line;
}

StringSet set_of_multiples(std::uint32_t units, std::uint32_t places) {
  // The beginning, after a minus, then one state for each number of digits behind the point
  // (0: there is no point yet) and each remainder of all digits so far.
  constexpr std::uint32_t kFirst = 2;
  const auto place_of = [&](std::uint32_t behind, std::uint64_t remainder) {
    return kFirst + behind * units + static_cast<std::uint32_t>(remainder % units);
  };
  const auto is_multiple = [&](std::uint32_t behind, std::uint64_t remainder) {
    for (; behind < places; ++behind)
      remainder = remainder * 10 % units;
    return remainder == 0;
  };
  const std::uint32_t points = kFirst + (places + 1) * units;  // just after the point
  StringSet remainders;
  remainders.states.resize(points + (places > 0 ? units : 0));
  const auto add_digits = [&](std::uint32_t state, std::uint32_t behind, std::uint64_t remainder) {
    for (std::uint32_t digit = 0; digit <= 9; ++digit) {
      const char32_t point = U'0' + digit;
      remainders.states[state].edges.push_back(
          {{point, point}, place_of(behind, remainder * 10 + digit)});
    }
  };
  remainders.states[0].edges.push_back({{'-', '-'}, 1});
  add_digits(0, 0, 0);
  add_digits(1, 0, 0);
  for (std::uint32_t remainder = 0; remainder < units; ++remainder) {
    for (std::uint32_t behind = 0; behind <= places; ++behind) {
      const std::uint32_t state = place_of(behind, remainder);
      remainders.states[state].accepts = is_multiple(behind, remainder);
      if (behind == 0 && places > 0) {
        remainders.states[state].edges.push_back({{'.', '.'}, points + remainder});
      }
      if (behind == 0) add_digits(state, 0, remainder);
      if (behind > 0 && behind < places) add_digits(state, behind + 1, remainder);
    }
    if (places > 0) add_digits(points + remainder, 1, remainder);
  }
  return remainders;
}

Result<StringSet> combined(const StringSet& first, const StringSet& second, Combine how) {
  using Pair = std::pair<std::uint32_t, std::uint32_t>;
  std::map<Pair, std::uint32_t> places{{{0, 0}, 0}};
  std::vector<Pair> pairs{{0, 0}};
  StringSet both;
  both.states.clear();
  for (std::size_t at = 0; at < pairs.size(); ++at) {
    const auto [one, two] = pairs[at];
    const bool in_second = two != kNowhere && second.states[two].accepts;
    StringSet::State state;
    state.accepts = first.states[one].accepts && in_second == (how == Combine::kBoth);
    std::vector<char32_t> cuts;
    for (const StringSet::Edge& edge : first.states[one].edges)
      add_cuts(cuts, edge.range);
    if (two != kNowhere) {
      for (const StringSet::Edge& edge : second.states[two].edges)
        add_cuts(cuts, edge.range);
    }
    order(cuts);
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      const Pair next{step(first, one, cuts[i]), step(second, two, cuts[i])};
      if (next.first == kNowhere) continue;
      if (next.second == kNowhere && how == Combine::kBoth) continue;
      const auto [place, fresh] =
          places.try_emplace(next, static_cast<std::uint32_t>(pairs.size()));
      if (fresh) pairs.push_back(next);
      state.edges.push_back({{cuts[i], last_of(cuts, i)}, place->second});
    }
    both.states.push_back(std::move(state));
    if (pairs.size() > kStringSetStatesMax) return too_large();
  }
  return trimmed(both);
}

Result<StringSet> told_apart(const StringSet& all, const std::vector<StringSet>& others,
                             const std::function<bool(std::uint32_t kind)>& wanted) {
  std::vector<const StringSet*> sets{&all};
  for (const StringSet& other : others)
    sets.push_back(&other);
  using Places = std::vector<std::uint32_t>;  // a state of each set
  std::map<Places, std::uint32_t> known{{Places(sets.size(), 0), 0}};
  std::vector<Places> open{Places(sets.size(), 0)};
  StringSet product;
  product.states.clear();
  for (std::size_t at = 0; at < open.size(); ++at) {
    const Places here = open[at];
    StringSet::State state;
    for (std::size_t i = 1; i < sets.size(); ++i) {
      const bool in = here[i] != kNowhere && sets[i]->states[here[i]].accepts;
      state.kind |= in ? 1U << (i - 1) : 0;
    }
    state.accepts = all.states[here[0]].accepts && wanted(state.kind);
    const std::vector<char32_t> cuts = cuts_of(sets, here);
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      Places next;
      for (std::size_t set = 0; set < sets.size(); ++set)
        next.push_back(step(*sets[set], here[set], cuts[i]));
      if (next[0] == kNowhere) continue;
      const auto [place, fresh] = known.try_emplace(next, static_cast<std::uint32_t>(open.size()));
      if (fresh) open.push_back(std::move(next));
      state.edges.push_back({{cuts[i], last_of(cuts, i)}, place->second});
    }
    product.states.push_back(std::move(state));
    if (open.size() > kStringSetStatesMax) return too_large();
  }
  return trimmed(product);
}

}  // namespace hearth::constraint
