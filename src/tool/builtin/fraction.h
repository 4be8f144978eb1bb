// Exact fractions of numbers with up to 38 digits. What does not fit is nothing rather than wrong.
//
// Threads: values.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hearth::tool {

__extension__ using Wide = __int128;

struct Fraction {
  Wide top = 0;
  Wide bottom = 1;  // positive, and the two have no divisor in common
};

// REQUIRES: digits with at most one point in them. Nothing when it has too many.
std::optional<Fraction> fraction_of(std::string_view decimal);
std::optional<Fraction> sum(const Fraction& left, const Fraction& right);
std::optional<Fraction> product(const Fraction& left, const Fraction& right);
Fraction negative(const Fraction& number);
// REQUIRES: it is not 0.
Fraction reciprocal(const Fraction& number);
// The largest whole number that is not above it. Nothing when it does not fit.
std::optional<Fraction> floor_of(const Fraction& number);

// As a decimal, rounded where it does not end or is long; then the fraction follows in brackets.
std::string fraction_text(const Fraction& number);

}  // namespace hearth::tool
