// Sets of strings that can be combined: strings that match two patterns, keys that are none of
// these names, numbers that are multiples of seven. Deterministic; what cannot lead to a string
// of the set is not there.
//
// Errors:  kInvalidArgument for what takes more than kStringSetStatesMax states.
// Threads: values; pure.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "constraint/rules.h"

namespace hearth::constraint {

inline constexpr std::size_t kStringSetStatesMax = 12'000;

struct StringSet {
  struct Edge {
    CodePointRange range;
    std::uint32_t to = 0;
  };
  struct State {
    std::vector<Edge> edges;  // in order, without overlaps
    bool accepts = false;
    std::uint32_t kind = 0;  // of the strings that end here, where kinds are told apart
  };
  std::vector<State> states = std::vector<State>(1);  // the first is where it begins

  bool accepts(std::u32string_view string) const;
  bool empty() const;  // REQUIRES: trimmed, as all functions here leave it
};

// States and edges: what making it took is about in proportion.
std::size_t size_of(const StringSet& set);

Result<StringSet> set_of(const Expression& content);
Result<StringSet> set_of_strings(const std::vector<std::u32string>& strings);
// Any characters, so many of them; `most` may be kUnbounded.
Result<StringSet> set_of_lengths(std::uint64_t least, std::uint64_t most);
// Decimals, a minus allowed, that are multiples of `units` / 10^`places`. REQUIRES: units > 0.
StringSet set_of_multiples(std::uint32_t units, std::uint32_t places);

enum class Combine { kBoth, kFirstOnly };
// The same strings with as few states as can be.
StringSet minimised(const StringSet& set);
Result<StringSet> combined(const StringSet& first, const StringSet& second, Combine how);
// The strings of a set by which of others they are in: each bit of a kind stands for one of these.
// Kinds that are not wanted fall out.
Result<StringSet> told_apart(const StringSet& all, const std::vector<StringSet>& others,
                             const std::function<bool(std::uint32_t kind)>& wanted);

}  // namespace hearth::constraint
