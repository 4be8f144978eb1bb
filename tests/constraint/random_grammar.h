// Random grammars in GBNF that make sense: no rule is left-recursive, every rule can come to an
// end, and the same seed writes the same text on every machine.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <random>
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
  // Whether classes may be written as all characters but some.
  enum class Classes : std::uint8_t { kPositive, kNegatedToo };

  RandomGrammar(Dice& dice, Classes classes) : dice_(dice), classes_(classes) {}

  std::string write();

 private:
  // Where something is written.
  struct Spot {
    std::size_t rule = 0;
    std::size_t depth = 0;
    bool may_recur = false;  // another choice of this rule ends it
    bool consumed = false;   // something stands before it that is never empty
  };

  std::string rule_name(std::size_t rule) const;
  std::string rule_body(std::size_t rule);
  std::string sequence(Spot& spot);
  std::string item(Spot& spot);
  std::string one(Spot& spot);
  std::string group(Spot& spot);
  std::string reference(Spot& spot);
  std::string literal();
  std::string character_class();
  std::string escaped(char32_t character, std::string_view special);

  Dice& dice_;
  Classes classes_;
  std::size_t rules_ = 1;
};

}  // namespace hearth::constraint
