// Which rules allow the empty text.
//
// Threads:  immutable.
// Invariants: needs time in proportion to the size of the rules, however they refer to each other.
#pragma once

#include <cstdint>
#include <vector>

#include "constraint/rules.h"

namespace hearth::constraint {

class EmptyTexts {
 public:
  // REQUIRES: every rule that is named exists; expressions are no deeper than
  // kExpressionDepthMax.
  explicit EmptyTexts(const Rules& rules);

  bool of_rule(std::uint32_t rule) const { return rules_[rule] != 0; }
  bool of(const Expression& expression) const;

 private:
  std::vector<char> rules_;
};

}  // namespace hearth::constraint
