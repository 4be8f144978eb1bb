// Numbers of a schema in the decimals they were written in, because that is what the rules for
// digits compare.
//
// Limits:  kDecimalDigitsMax digits on either side of the point.
// Threads: pure.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

#include <boost/json/value.hpp>

namespace hearth::constraint {

inline constexpr std::size_t kDecimalDigitsMax = 40;

struct Decimal {
  bool negative = false;      // never for zero
  std::string whole = "0";    // no zero in front of others
  std::string fraction = {};  // no zero at its end

  bool is_zero() const { return whole == "0" && fraction.empty(); }
  Decimal minus() const;
  std::strong_ordering operator<=>(const Decimal& other) const;
  bool operator==(const Decimal& other) const = default;
};

// REQUIRES: a number. The shortest decimals that stand for it.
std::string number_text(const boost::json::value& number);
// Nothing when it takes too many digits.
std::optional<Decimal> decimal_of(const boost::json::value& number);
std::optional<Decimal> decimal_of_text(std::string_view text);
// Is it huge (rather than tiny)? What decimal_of() gives nothing for is one of the two.
bool is_huge(const boost::json::value& number);

// The whole number next above (or below) that is at least (at most) this: 1.5 gives 2 (1).
Decimal rounded_up(const Decimal& number);
Decimal rounded_down(const Decimal& number);
Decimal next_whole(const Decimal& whole, int step);  // step: 1 or -1
// As a machine's number, where it fits and is whole.
std::optional<std::int64_t> whole_of(const Decimal& number);
Decimal decimal_of_whole(std::int64_t number);

}  // namespace hearth::constraint
