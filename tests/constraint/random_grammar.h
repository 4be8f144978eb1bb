// Random grammars in GBNF that make sense: no rule is left-recursive, every rule can come to an
// end, and the same seed writes the same text on every machine. They are not too ambiguous: every
// round of a loop or a recursion begins with a literal or a narrow class, but for two loops of
// any one character. On others llama.cpp takes time without bound.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::constraint {

class Dice {
 public:
  explicit Dice(std::uint64_t seed) : source_(seed) {}

  std::size_t below(std::size_t sides) { return source_() % sides; }
  bool one_in(std::size_t sides) { return below(sides) == 0; }
  template <typename T, std::size_t N>
  const T& any_of(const T (&things)[N]) {
    return things[below(N)];
  }

 private:
  std::mt19937_64 source_;
};

class RandomGrammar {
 public:
  // With classes of all characters but some; with tokens by their numbers.
  enum class Kind : std::uint8_t { kPlain, kNegatedClasses, kTokens };

  struct Range {
    char32_t first;
    char32_t last;
  };

  RandomGrammar(Dice& dice, Kind kind) : dice_(dice), kind_(kind) {}

  std::string write();

 private:
  // Where something is written.
  struct Spot {
    std::size_t rule = 0;
    std::size_t depth = 0;
    bool may_recur = false;  // another choice of this rule ends it
    bool consumed = false;   // a literal or a narrow class stands before it in any case
  };

  std::string rule_name(std::size_t rule) const;
  std::string rule_body(std::size_t rule);
  std::string sequence(Spot& spot);
  std::string item(Spot& spot);
  std::string one(Spot& spot);
  std::string leaf(Spot& spot);
  std::string group(Spot& spot);
  std::string reference(Spot& spot);
  std::string literal();
  std::string token();
  std::string narrow_leaf(Spot& spot);
  std::string wide_class();
  std::string ranges(std::span<const Range> from);
  std::string escaped(char32_t character, std::string_view special);

  Dice& dice_;
  Kind kind_;
  std::size_t rules_ = 1;
  std::size_t wide_loops_ = 0;
};

}  // namespace hearth::constraint
