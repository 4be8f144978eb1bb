// The decimals of the numbers within bounds, digit by digit.
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>

#include "constraint/rules.h"
#include "constraint/schema/decimal.h"

namespace hearth::constraint {

struct Bound {
  Decimal at;
  bool open = false;  // the bound itself is outside
};

struct NumberRange {
  std::optional<Bound> least;
  std::optional<Bound> most;
};

// Whole numbers; without a bound, as many digits as kWholeDigitsMax. No expression fits nothing.
Expression integers_within(const NumberRange& range);
// Numbers without an exponent and with at most so many digits behind the point.
Expression decimals_within(const NumberRange& range, std::uint32_t fraction_digits);

}  // namespace hearth::constraint
