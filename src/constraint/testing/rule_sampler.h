// Random texts of rules, for tests: every text that comes out fits the rules.
//
// A text ends soon: below kSamplerDepth calls of rules, and when it has become long, only what
// leads to the shortest end is taken.
//
// REQUIRES: rules from which a text can be made, without tokens.
// Threads:  confined to its caller.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "constraint/rules.h"

namespace hearth::constraint::testing {

inline constexpr std::size_t kSamplerDepth = 24;
inline constexpr std::size_t kSamplerBytes = 4'000;
inline constexpr std::uint32_t kSamplerRepeats = 5;  // beyond the least

class RuleSampler {
 public:
  RuleSampler(const Rules& rules, std::uint64_t seed);
  std::string sample();

 private:
  std::uint64_t cost(const Expression& part) const;
  void write(const Expression& part, std::string& out, std::size_t depth);
  void write_repeat(const Expression& part, std::string& out, std::size_t depth);
  void write_character(const Expression& part, std::string& out);
  std::uint64_t below(std::uint64_t bound);

  const Rules& rules_;
  std::vector<std::uint64_t> costs_;  // bytes or so of the shortest text of each rule
  std::mt19937_64 random_;
};

}  // namespace hearth::constraint::testing
