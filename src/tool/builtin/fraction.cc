#include "tool/builtin/fraction.h"

#include <algorithm>

namespace hearth::tool {

namespace {

constexpr int kDigitsShown = 12;  // of what does not end
constexpr int kDigitsExact = 30;  // behind the point, of what does

Wide divisor_in_common(Wide one, Wide other) {
  while (other != 0) {
    const Wide rest = one % other;
    one = other;
    other = rest;
  }
  return one < 0 ? -one : one;
}

std::optional<Wide> times(Wide one, Wide other) {
  Wide result = 0;
  return __builtin_mul_overflow(one, other, &result) ? std::nullopt : std::optional(result);
}

std::optional<Wide> plus(Wide one, Wide other) {
  Wide result = 0;
  return __builtin_add_overflow(one, other, &result) ? std::nullopt : std::optional(result);
}

Fraction reduced(Wide top, Wide bottom) {
  const Wide shared = divisor_in_common(top, bottom);
  if (shared > 1) return {top / shared, bottom / shared};
  return {top, bottom};
}

std::string digits_of(Wide number) {
  std::string digits;
  do {
    digits.insert(digits.begin(), static_cast<char>('0' + static_cast<int>(number % 10)));
    number /= 10;
  } while (number > 0);
  return digits;
}

// One more where the rest is at least a half.
void round_up(std::string& digits) {
  for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit) {
    if (*digit == '.') continue;
    if (*digit != '9') {
      ++*digit;
      return;
    }
    *digit = '0';
  }
  digits.insert(digits.begin(), '1');
}

struct Decimals {
  std::string digits;
  bool exact = false;
};

// REQUIRES: not negative.
Decimals decimals_of(Wide top, Wide bottom, int digits_max) {
  Decimals decimals{digits_of(top / bottom), false};
  Wide rest = top % bottom;
  if (rest != 0) decimals.digits += '.';
  for (int i = 0; i < digits_max && rest != 0; ++i) {
    const auto next = times(rest, 10);
    if (!next) return decimals;  // too fine for another digit
    decimals.digits += static_cast<char>('0' + static_cast<int>(*next / bottom));
    rest = *next % bottom;
  }
  decimals.exact = rest == 0;
  if (rest >= bottom - rest) round_up(decimals.digits);
  return decimals;
}

}  // namespace

std::optional<Fraction> fraction_of(std::string_view decimal) {
  Wide top = 0;
  Wide bottom = 1;
  bool behind_point = false;
  for (const char c : decimal) {
    if (c == '.') {
      behind_point = true;
      continue;
    }
    const auto shifted = times(top, 10);
    const auto next = shifted ? plus(*shifted, c - '0') : std::nullopt;
    const auto scale = behind_point ? times(bottom, 10) : std::optional(bottom);
    if (!next || !scale) return std::nullopt;
    top = *next;
    bottom = *scale;
  }
  return reduced(top, bottom);
}

std::optional<Fraction> sum(const Fraction& left, const Fraction& right) {
  const Wide shared = divisor_in_common(left.bottom, right.bottom);
  const auto one = times(left.top, right.bottom / shared);
  const auto other = times(right.top, left.bottom / shared);
  const auto bottom = times(left.bottom, right.bottom / shared);
  const auto top = one && other ? plus(*one, *other) : std::nullopt;
  if (!top || !bottom) return std::nullopt;
  return reduced(*top, *bottom);
}

std::optional<Fraction> product(const Fraction& left, const Fraction& right) {
  const Fraction one = reduced(left.top, right.bottom);
  const Fraction other = reduced(right.top, left.bottom);
  const auto top = times(one.top, other.top);
  const auto bottom = times(one.bottom, other.bottom);
  if (!top || !bottom) return std::nullopt;
  return reduced(*top, *bottom);
}

Fraction negative(const Fraction& number) {
  return {-number.top, number.bottom};
}

Fraction reciprocal(const Fraction& number) {
  return number.top < 0 ? Fraction{-number.bottom, -number.top}
                        : Fraction{number.bottom, number.top};
}

std::optional<Fraction> floor_of(const Fraction& number) {
  const Wide whole = number.top / number.bottom;
  const bool below = number.top < 0 && number.top % number.bottom != 0;
  return Fraction{below ? whole - 1 : whole, 1};
}

std::string fraction_text(const Fraction& number) {
  const bool below_zero = number.top < 0;
  const Wide top = below_zero ? -number.top : number.top;
  const std::string sign = below_zero ? "-" : "";
  const Decimals exact = decimals_of(top, number.bottom, kDigitsExact);
  if (exact.exact) return sign + exact.digits;
  const Decimals rounded = decimals_of(top, number.bottom, kDigitsShown);
  return sign + rounded.digits + " (" + sign + digits_of(top) + "/" + digits_of(number.bottom) +
         ")";
}

}  // namespace hearth::tool
