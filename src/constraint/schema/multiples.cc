#include "constraint/schema/multiples.h"

#include <algorithm>
#include <numeric>

#include <fmt/format.h>

#include "constraint/pattern/string_set.h"
#include "constraint/schema/json_text.h"
#include "constraint/schema/string_set_rules.h"

namespace hearth::constraint {

namespace {

std::int64_t power_of_ten(std::uint32_t exponent) {
  std::int64_t power = 1;
  for (; exponent > 0; --exponent)
    power *= 10;
  return power;
}

Divisor normal(Divisor divisor) {
  while (divisor.places > 0 && divisor.units % 10 == 0) {
    divisor.units /= 10;
    --divisor.places;
  }
  return divisor;
}

// Exactly the whole numbers that are multiples are multiples of this.
std::int64_t whole_divisor(const Divisor& divisor) {
  return divisor.units / std::gcd(divisor.units, power_of_ten(divisor.places));
}

// Bounds that are whole and inside.
NumberRange whole_range(const NumberRange& range) {
  NumberRange whole;
  if (range.least) {
    whole.least = Bound{rounded_up(range.least->at), false};
    const bool on_it = whole.least->at == range.least->at;
    if (range.least->open && on_it) whole.least->at = next_whole(whole.least->at, 1);
  }
  if (range.most) {
    whole.most = Bound{rounded_down(range.most->at), false};
    const bool on_it = whole.most->at == range.most->at;
    if (range.most->open && on_it) whole.most->at = next_whole(whole.most->at, -1);
  }
  return whole;
}

Decimal divided_by_ten(const Decimal& number, std::uint32_t times) {
  Decimal less = number;
  for (; times > 0; --times) {
    less.fraction.insert(0, 1, less.whole.back());
    less.whole.pop_back();
    if (less.whole.empty()) less.whole = "0";
  }
  while (!less.fraction.empty() && less.fraction.back() == '0')
    less.fraction.pop_back();
  return less;
}

// Where a range has no end, as many digits before the point as the states for them allow.
NumberRange with_ends(NumberRange range, const StringSet& multiples) {
  const std::size_t most = kMultipleStatesMax / multiples.states.size();
  const std::size_t digits = std::clamp<std::size_t>(most, kMultipleDigitsLeast, kWholeDigitsMax);
  const auto beyond = [&](const std::optional<Bound>& other) {
    const std::size_t taken = other ? other->at.whole.size() : 0;
    return Decimal{.whole = "1" + std::string(std::max(digits, taken), '0')};
  };
  if (!range.most) range.most = Bound{beyond(range.least), true};
  if (!range.least) range.least = Bound{beyond(range.most).minus(), true};
  return range;
}

Result<Expression> numbers_among(const Expression& numbers, const StringSet& multiples,
                                 Rules& rules) {
  const StringSet all = HEARTH_TRY(set_of(spelled_out(numbers)));
  const auto both = combined(minimised(all), multiples, Combine::kBoth);
  if (!both || both->states.size() > kMultipleStatesMax) {
    return fail(Code::kInvalidArgument,
                fmt::format("takes more than {} states together with its range; give a smaller "
                            "range with minimum and maximum, or a rounder number",
                            kMultipleStatesMax));
  }
  return rules_of(*both, rules, character);
}

class WholeMultiples {
 public:
  WholeMultiples(NumberRange range, std::int64_t divisor, Rules& rules)
      : range_(std::move(range)), divisor_(divisor), rules_(rules) {}

  // All of them, when they are few.
  std::optional<Expression> listed() const {
    if (!range_.least || !range_.most) return std::nullopt;
    const auto low = whole_of(range_.least->at);
    const auto high = whole_of(range_.most->at);
    constexpr std::int64_t kSafe = 1'000'000'000'000'000;
    if (!low || !high || *low < -kSafe || *high > kSafe) return std::nullopt;
    if ((*high - *low) / divisor_ > kMultiplesListedMax) return std::nullopt;
    std::int64_t next = *low / divisor_ * divisor_;
    if (next < *low) next += divisor_;
    std::vector<Expression> all;
    for (; next <= *high; next += divisor_)
      all.push_back(text(fmt::format("{}", next)));
    return one_of(std::move(all));
  }

  Result<Expression> written() {
    std::uint32_t zeros = 0;
    std::int64_t rest = divisor_;
    for (; rest % 10 == 0; rest /= 10)
      ++zeros;
    if (rest > kDivisorMax) {
      return fail(Code::kInvalidArgument,
                  fmt::format("is above {} (without zeros at its end), and its multiples are "
                              "more than {}, too many to list; give a smaller range with minimum "
                              "and maximum, or a rounder number",
                              kDivisorMax, kMultiplesListedMax));
    }
    if (zeros == 0) return multiples_of(rest, range_);
    const Decimal zero;
    std::vector<Expression> ways;
    const bool has_zero =
        (!range_.least || range_.least->at <= zero) && (!range_.most || zero <= range_.most->at);
    if (has_zero) ways.push_back(text("0"));
    for (const int sign : {-1, 1}) {
      const std::optional<NumberRange> side = side_of(sign, zeros);
      if (!side) continue;
      ways.push_back(
          sequence({HEARTH_TRY(multiples_of(rest, *side)), text(std::string(zeros, '0'))}));
    }
    return one_of(std::move(ways));
  }

 private:
  // The numbers above or below zero, without the zeros at their ends.
  std::optional<NumberRange> side_of(int sign, std::uint32_t zeros) const {
    const Decimal nearest = decimal_of_whole(sign);
    NumberRange side;
    if (range_.least)
      side.least = Bound{rounded_up(divided_by_ten(range_.least->at, zeros)), false};
    if (range_.most) side.most = Bound{rounded_down(divided_by_ten(range_.most->at, zeros)), false};
    std::optional<Bound>& inner = sign > 0 ? side.least : side.most;
    const bool closer = inner && (sign > 0 ? nearest < inner->at : inner->at < nearest);
    if (!closer) inner = Bound{nearest, false};
    if (side.least && side.most && side.most->at < side.least->at) return std::nullopt;
    return side;
  }

  Result<Expression> multiples_of(std::int64_t divisor, const NumberRange& range) {
    if (divisor == 1) return integers_within(range);
    const StringSet multiples = minimised(set_of_multiples(static_cast<std::uint32_t>(divisor), 0));
    return numbers_among(integers_within(with_ends(range, multiples)), multiples, rules_);
  }

  NumberRange range_;
  std::int64_t divisor_;
  Rules& rules_;
};

Result<Expression> other_multiples(const NumberRange& range, const Divisor& divisor, Rules& rules) {
  if (divisor.units == 1) return decimals_within(range, divisor.places);
  const std::int64_t most = kDivisorMax / (divisor.places + 1);
  if (divisor.units > most) {
    return fail(Code::kInvalidArgument,
                fmt::format("has the digits {}, and with {} of them behind the point {} is the "
                            "most; use a rounder number, or leave it out and check the numbers "
                            "afterwards",
                            divisor.units, divisor.places, most));
  }
  const StringSet multiples =
      minimised(set_of_multiples(static_cast<std::uint32_t>(divisor.units), divisor.places));
  const Expression numbers = decimals_within(with_ends(range, multiples), divisor.places);
  return numbers_among(numbers, multiples, rules);
}

std::uint32_t fraction_digits_for(const NumberRange& range) {
  std::size_t digits = kFractionDigitsMax;
  for (const std::optional<Bound>& bound : {range.least, range.most}) {
    if (bound) digits = std::max(digits, bound->at.fraction.size() + 1);
  }
  return static_cast<std::uint32_t>(digits);
}

// Nothing when it has too many digits.
std::optional<Divisor> divisor_of(const boost::json::value& value) {
  const std::optional<Decimal> number = decimal_of(value);
  if (!number || number->fraction.size() > kDivisorPlacesMax) return std::nullopt;
  const auto units = whole_of(Decimal{.whole = number->whole + number->fraction});
  if (!units || *units > kDivisorUnitsMax) return std::nullopt;
  return normal({*units, static_cast<std::uint32_t>(number->fraction.size())});
}

Schema schema_with(const Schemas& schemas, std::string_view name) {
  const auto found = std::ranges::find_if(
      schemas, [&](Schema schema) { return keyword(schema, name) != nullptr; });
  return found == schemas.end() ? nullptr : *found;
}

}  // namespace

Result<std::optional<Divisor>> divisor_of(const SchemaDocument& document, const Schemas& schemas) {
  std::optional<Divisor> all;
  for (const Schema schema : schemas) {
    const boost::json::value* value = keyword(schema, "multipleOf");
    if (value == nullptr) continue;
    const std::optional<Divisor> read = divisor_of(*value);
    if (!read) {
      return fail(document.wrong(
          schema, "multipleOf",
          fmt::format("multipleOf {} has too many digits: {} behind the point are the most, and {} "
                      "without the point; round it, or leave it out and check the numbers "
                      "afterwards",
                      number_text(*value), kDivisorPlacesMax, kDivisorUnitsMax)));
    }
    const Divisor own = *read;
    if (!all) {
      all = own;
      continue;
    }
    const std::uint32_t common = std::max(all->places, own.places);
    const std::int64_t a = all->units * power_of_ten(common - all->places);
    const std::int64_t b = own.units * power_of_ten(common - own.places);
    if (a / std::gcd(a, b) > kDivisorUnitsMax / b) {
      return fail(document.wrong(
          schema, "multipleOf",
          fmt::format("multipleOf {} and another multipleOf for the same numbers have no common "
                      "multiple up to {}; give one number in place of both",
                      number_text(*value), kDivisorUnitsMax)));
    }
    all = normal({std::lcm(a, b), common});
  }
  return all;
}

bool is_multiple(const Decimal& number, const Divisor& divisor) {
  if (number.fraction.size() > divisor.places) return false;
  const std::string digits =
      number.whole + number.fraction + std::string(divisor.places - number.fraction.size(), '0');
  std::int64_t remainder = 0;
  for (const char digit : digits)
    remainder = (remainder * 10 + (digit - '0')) % divisor.units;
  return remainder == 0;
}

Result<Expression> numbers_of(const SchemaDocument& document, const Schemas& schemas, Rules& rules,
                              NumberRules any) {
  const NumberRange range = HEARTH_TRY(number_range_of(document, schemas));
  const std::optional<Divisor> divisor = HEARTH_TRY(divisor_of(document, schemas));
  const bool whole = (types_of(schemas) & kOtherNumber) == 0 || (divisor && divisor->places == 0);
  const bool bounded = range.least || range.most;
  const std::int64_t step = divisor ? whole_divisor(*divisor) : 1;
  if (whole && step == 1) return bounded ? integers_within(range) : rule(any.integer);
  if (!divisor) {
    return bounded ? decimals_within(range, fraction_digits_for(range)) : rule(any.number);
  }
  const auto named = [&](Result<Expression> numbers) -> Result<Expression> {
    if (numbers) return numbers;
    const Schema schema = schema_with(schemas, "multipleOf");
    return fail(
        document.wrong(schema, "multipleOf",
                       fmt::format("multipleOf {} {}", number_text(*keyword(schema, "multipleOf")),
                                   numbers.error().message)));
  };
  if (!whole) return named(other_multiples(range, *divisor, rules));
  WholeMultiples multiples(whole_range(range), step, rules);
  if (std::optional<Expression> few = multiples.listed()) return *std::move(few);
  return named(multiples.written());
}

}  // namespace hearth::constraint
