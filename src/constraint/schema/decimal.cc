#include "constraint/schema/decimal.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

namespace hearth::constraint {

namespace {

constexpr double kWholeFrom = 9007199254740992;  // 2^53
constexpr double kWholeTo = 1e22;                // up to here powers of ten are exact

std::strong_ordering compare_sizes(const Decimal& a, const Decimal& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() <=> b.whole.size();
  if (const int order = a.whole.compare(b.whole); order != 0) return order <=> 0;
  return a.fraction.compare(b.fraction) <=> 0;
}

// The digits of a whole number, one more or one less. REQUIRES: more than zero for less.
std::string stepped(std::string digits, int step) {
  const char from = step > 0 ? '9' : '0';
  const char to = step > 0 ? '0' : '9';
  std::size_t at = digits.size();
  while (at > 0 && digits[at - 1] == from)
    digits[--at] = to;
  if (at == 0) return "1" + digits;
  digits[at - 1] = static_cast<char>(digits[at - 1] + step);
  if (digits.size() > 1 && digits[0] == '0') digits.erase(0, 1);
  return digits;
}

Decimal normal(Decimal number) {
  const std::size_t first = number.whole.find_first_not_of('0');
  number.whole = first == std::string::npos ? "0" : number.whole.substr(first);
  while (!number.fraction.empty() && number.fraction.back() == '0')
    number.fraction.pop_back();
  if (number.is_zero()) number.negative = false;
  return number;
}

}  // namespace

Decimal Decimal::minus() const {
  Decimal other = *this;
  other.negative = !negative && !is_zero();
  return other;
}

std::strong_ordering Decimal::operator<=>(const Decimal& other) const {
  if (negative != other.negative) return other.negative <=> negative;
  return negative ? compare_sizes(other, *this) : compare_sizes(*this, other);
}

std::string number_text(const boost::json::value& number) {
  if (const auto* whole = number.if_int64()) return fmt::format("{}", *whole);
  if (const auto* whole = number.if_uint64()) return fmt::format("{}", *whole);
  const double value = number.get_double();
  // Such are whole, and the shortest digits would be those of another number.
  const bool is_large = std::abs(value) >= kWholeFrom && std::abs(value) < kWholeTo;
  return is_large ? fmt::format("{:.0f}", value) : fmt::format("{}", value);
}

std::optional<Decimal> decimal_of_text(std::string_view text) {
  Decimal number;
  if (text.starts_with('-')) {
    number.negative = true;
    text.remove_prefix(1);
  }
  int exponent = 0;
  if (const std::size_t at = text.find_first_of("eE"); at != std::string_view::npos) {
    std::string_view power = text.substr(at + 1);
    if (power.starts_with('+')) power.remove_prefix(1);
    std::from_chars(power.data(), power.data() + power.size(), exponent);
    text = text.substr(0, at);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  number.whole = text.substr(0, point);
  number.fraction = text.substr(std::min(point + 1, text.size()));
  constexpr int kShiftMax = static_cast<int>(kDecimalDigitsMax);
  if (exponent > kShiftMax || exponent < -kShiftMax) return std::nullopt;
  for (; exponent > 0; --exponent) {
    number.whole += number.fraction.empty() ? '0' : number.fraction.front();
    if (!number.fraction.empty()) number.fraction.erase(0, 1);
  }
  for (; exponent < 0; ++exponent) {
    number.fraction.insert(0, 1, number.whole.empty() ? '0' : number.whole.back());
    if (!number.whole.empty()) number.whole.pop_back();
  }
  number = normal(std::move(number));
  if (std::max(number.whole.size(), number.fraction.size()) > kDecimalDigitsMax) {
    return std::nullopt;
  }
  return number;
}

std::optional<Decimal> decimal_of(const boost::json::value& number) {
  return decimal_of_text(number_text(number));
}

bool is_huge(const boost::json::value& number) {
  return std::abs(number.to_number<double>()) > 1;
}

Decimal rounded_up(const Decimal& number) {
  Decimal whole = number;
  whole.fraction.clear();
  if (!number.fraction.empty() && !number.negative) whole.whole = stepped(whole.whole, 1);
  return normal(std::move(whole));
}

Decimal rounded_down(const Decimal& number) {
  return rounded_up(number.minus()).minus();
}

Decimal next_whole(const Decimal& whole, int step) {
  if (whole.is_zero()) return decimal_of_whole(step);
  Decimal next = whole;
  next.whole = stepped(whole.whole, whole.negative ? -step : step);
  return normal(std::move(next));
}

std::optional<std::int64_t> whole_of(const Decimal& number) {
  std::int64_t value = 0;
  if (!number.fraction.empty()) return std::nullopt;
  const char* end = number.whole.data() + number.whole.size();
  const auto [stop, error] = std::from_chars(number.whole.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return number.negative ? -value : value;
}

Decimal decimal_of_whole(std::int64_t number) {
  return *decimal_of_text(fmt::format("{}", number));
}

}  // namespace hearth::constraint
