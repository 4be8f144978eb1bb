// multipleOf: exact in decimals, so 0.07 is a multiple of 0.01.
//
// Errors:  kInvalidArgument for divisors with more than kDivisorPlacesMax digits behind the point
//          or, where they cannot be listed, above kDivisorMax (without zeros at the end; its
//          digits, divided by one more than those behind the point) or kMultipleStatesMax.
// Threads: pure.
#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "constraint/schema/decimal.h"
#include "constraint/schema/demands.h"
#include "constraint/schema/document.h"
#include "constraint/schema/number_range.h"

namespace hearth::constraint {

inline constexpr std::uint32_t kDivisorPlacesMax = 6;
inline constexpr std::int64_t kDivisorMax = 5'000;
inline constexpr std::size_t kMultipleStatesMax = 4'000;  // of remainders and digits
inline constexpr std::size_t kMultipleDigitsLeast = 8;    // where a range has no end
inline constexpr std::int64_t kDivisorUnitsMax = 1'000'000'000'000;
inline constexpr std::int64_t kMultiplesListedMax = 1'000;

// units / 10^places, as short as it can be.
struct Divisor {
  std::int64_t units = 1;
  std::uint32_t places = 0;
};

// What all multipleOf together come to; nothing where there is none.
Result<std::optional<Divisor>> divisor_of(const SchemaDocument& document, const Schemas& schemas);
bool is_multiple(const Decimal& number, const Divisor& divisor);

// The numbers that these schemas allow, of the types whole, or whole and other.
// `rules` takes what needs rules of its own.
struct NumberRules {
  std::uint32_t number = 0;
  std::uint32_t integer = 0;
};
Result<Expression> numbers_of(const SchemaDocument& document, const Schemas& schemas, Rules& rules,
                              NumberRules any);

}  // namespace hearth::constraint
