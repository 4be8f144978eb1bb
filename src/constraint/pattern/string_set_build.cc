// How a content becomes a set of strings: first something that may be in several places at once,
// then the sets of such places as states.
#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "constraint/pattern/pattern.h"
#include "constraint/pattern/string_set.h"

namespace hearth::constraint {

namespace {

using Kind = Expression::Kind;

constexpr std::size_t kPlacesMax = 60'000;
// Places in all sets together: what the work is bounded by.
constexpr std::size_t kSetPlacesMax = 4'000'000;

struct Place {
  std::vector<CodePointRange> ranges;  // that lead to `next`; none: it leads on without any
  std::uint32_t next = 0;
  std::vector<std::uint32_t> also;  // reached without a character
};

class Places {
 public:
  // Puts the content between `from` and a new place, which it returns.
  Result<std::uint32_t> put(const Expression& content, std::uint32_t from) {
    if (places_.size() > kPlacesMax) return too_large();
    switch (content.kind) {
      case Kind::kCharacter: {
        const std::uint32_t reads = add();
        const std::uint32_t to = add();
        places_[from].also.push_back(reads);
        places_[reads].ranges = content.ranges;
        places_[reads].next = to;
        return to;
      }
      case Kind::kSequence: {
        for (const Expression& part : content.parts)
          from = HEARTH_TRY(put(part, from));
        return from;
      }
      case Kind::kChoice: {
        const std::uint32_t to = add();
        for (const Expression& part : content.parts) {
          const std::uint32_t began = add();
          places_[from].also.push_back(began);
          const std::uint32_t end = HEARTH_TRY(put(part, began));
          places_[end].also.push_back(to);
        }
        return to;
      }
      case Kind::kRepeat:
        return put_repeat(content, from);
      default:
        return from;
    }
  }

  std::uint32_t add() {
    places_.emplace_back();
    return static_cast<std::uint32_t>(places_.size() - 1);
  }
  const Place& at(std::uint32_t place) const { return places_[place]; }

  // All places reached from these without a character, in order.
  std::vector<std::uint32_t> closed(std::vector<std::uint32_t> set) const {
    std::vector<bool> seen(places_.size());
    for (const std::uint32_t place : set)
      seen[place] = true;
    for (std::size_t i = 0; i < set.size(); ++i) {
      for (const std::uint32_t also : places_[set[i]].also) {
        if (seen[also]) continue;
        seen[also] = true;
        set.push_back(also);
      }
    }
    std::sort(set.begin(), set.end());
    return set;
  }

  static Failure too_large() {
    return fail(Code::kInvalidArgument, "is too large to be combined with another limit");
  }

 private:
  Result<std::uint32_t> put_repeat(const Expression& content, std::uint32_t from) {
    const Expression& part = content.parts.front();
    for (std::uint32_t i = 0; i < content.least; ++i)
      from = HEARTH_TRY(put(part, from));
    const std::uint32_t to = add();
    if (content.most == kNoMost) {
      const std::uint32_t began = add();
      places_[from].also.push_back(began);
      const std::uint32_t end = HEARTH_TRY(put(part, began));
      places_[end].also.push_back(began);
      places_[began].also.push_back(to);
      return to;
    }
    places_[from].also.push_back(to);
    for (std::uint32_t i = content.least; i < content.most; ++i) {
      from = HEARTH_TRY(put(part, from));
      places_[from].also.push_back(to);
    }
    return to;
  }

  std::vector<Place> places_;
};

std::vector<char32_t> cuts_of(const Places& places, const std::vector<std::uint32_t>& set) {
  std::vector<char32_t> cuts;
  for (const std::uint32_t place : set) {
    for (const CodePointRange& range : places.at(place).ranges) {
      cuts.push_back(range.first);
      cuts.push_back(range.last + 1);
    }
  }
  std::sort(cuts.begin(), cuts.end());
  cuts.erase(std::unique(cuts.begin(), cuts.end()), cuts.end());
  return cuts;
}

std::vector<std::uint32_t> reached(const Places& places, const std::vector<std::uint32_t>& set,
                                   char32_t point) {
  std::vector<std::uint32_t> next;
  for (const std::uint32_t place : set) {
    for (const CodePointRange& range : places.at(place).ranges) {
      if (point >= range.first && point <= range.last) next.push_back(places.at(place).next);
    }
  }
  std::sort(next.begin(), next.end());
  next.erase(std::unique(next.begin(), next.end()), next.end());
  return next;
}

}  // namespace

Result<StringSet> set_of(const Expression& content) {
  Places places;
  const std::uint32_t begin = places.add();
  const std::uint32_t end = HEARTH_TRY(places.put(content, begin));
  std::map<std::vector<std::uint32_t>, std::uint32_t> known;
  std::vector<std::vector<std::uint32_t>> sets{places.closed({begin})};
  known[sets.front()] = 0;
  StringSet built;
  built.states.clear();
  std::size_t work = 0;
  for (std::size_t at = 0; at < sets.size(); ++at) {
    const std::vector<std::uint32_t> set = sets[at];
    StringSet::State state;
    state.accepts = std::binary_search(set.begin(), set.end(), end);
    const std::vector<char32_t> cuts = cuts_of(places, set);
    for (std::size_t i = 0; i + 1 < cuts.size(); ++i) {
      std::vector<std::uint32_t> next = reached(places, set, cuts[i]);
      work += set.size();
      if (next.empty()) continue;
      next = places.closed(std::move(next));
      work += next.size();
      const auto [place, fresh] = known.try_emplace(next, static_cast<std::uint32_t>(sets.size()));
      if (fresh) sets.push_back(std::move(next));
      state.edges.push_back({{cuts[i], cuts[i + 1] - 1}, place->second});
    }
    built.states.push_back(std::move(state));
    if (sets.size() > kStringSetStatesMax || work > kSetPlacesMax) return Places::too_large();
  }
  StringSet everything;
  everything.states.front().accepts = true;
  for (const CodePointRange& range : any_character().ranges) {
    everything.states.front().edges.push_back({range, 0});
  }
  return combined(built, everything, Combine::kBoth);  // trims it
}

}  // namespace hearth::constraint
