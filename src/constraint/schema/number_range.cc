#include "constraint/schema/number_range.h"

#include <algorithm>
#include <string>

#include "constraint/schema/json_text.h"

namespace hearth::constraint {

namespace {

Expression digit(char first, char last) {
  return character({{static_cast<char32_t>(first), static_cast<char32_t>(last)}});
}

Expression any_digits(std::size_t least, std::size_t most) {
  return repeat(digit('0', '9'), static_cast<std::uint32_t>(least),
                static_cast<std::uint32_t>(most));
}

bool all_are(std::string_view digits, char wanted) {
  return digits.find_first_not_of(wanted) == std::string_view::npos;
}

// All numbers of one length from `low` to `high`.
Expression same_length(std::string_view low, std::string_view high) {
  if (low.empty()) return text("");
  if (all_are(low, '0') && all_are(high, '9')) return any_digits(low.size(), low.size());
  const std::string_view low_rest = low.substr(1);
  const std::string_view high_rest = high.substr(1);
  if (low[0] == high[0]) return sequence({digit(low[0], low[0]), same_length(low_rest, high_rest)});
  const std::string nines(low_rest.size(), '9');
  const std::string zeros(low_rest.size(), '0');
  std::vector<Expression> ways;
  ways.push_back(sequence({digit(low[0], low[0]), same_length(low_rest, nines)}));
  if (high[0] - low[0] > 1) {
    ways.push_back(sequence({digit(static_cast<char>(low[0] + 1), static_cast<char>(high[0] - 1)),
                             any_digits(low_rest.size(), low_rest.size())}));
  }
  ways.push_back(sequence({digit(high[0], high[0]), same_length(zeros, high_rest)}));
  return choice(std::move(ways));
}

bool is_below(const std::string& a, const std::string& b) {
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

// Numbers from `low` to `high`, none of them negative.
Expression naturals(const std::string& low, const std::string& high) {
  if (is_below(high, low)) return impossible();
  if (low.size() == high.size()) return same_length(low, high);
  std::vector<Expression> ways;
  ways.push_back(same_length(low, std::string(low.size(), '9')));
  if (high.size() - low.size() > 1) {
    ways.push_back(sequence({digit('1', '9'), any_digits(low.size(), high.size() - 2)}));
  }
  ways.push_back(same_length("1" + std::string(high.size() - 1, '0'), high));
  return choice(std::move(ways));
}

// The digits behind a point that keep a number within bounds that it still touches.
class Fraction {
 public:
  struct Edge {
    std::string digits;
    bool open = false;
  };
  Fraction(std::optional<Edge> low, std::optional<Edge> high, std::size_t most)
      : low_(std::move(low)), high_(std::move(high)), most_(most) {}

  // Nothing, or a point and digits.
  Expression written() const {
    std::vector<Expression> ways;
    if (may_stop(0, low_.has_value(), high_.has_value())) ways.push_back(text(""));
    if (most_ > 0) {
      ways.push_back(sequence({text("."), next_digit(0, low_.has_value(), high_.has_value())}));
    }
    return choice(std::move(ways));
  }

 private:
  static char at(const Edge& edge, std::size_t place) {
    return place < edge.digits.size() ? edge.digits[place] : '0';
  }

  bool may_stop(std::size_t place, bool on_low, bool on_high) const {
    if (on_low && (place < low_->digits.size() || low_->open)) return false;
    return !on_high || place < high_->digits.size() || !high_->open;
  }

  Expression rest(std::size_t place, bool on_low, bool on_high) const {
    if (!on_low && !on_high) return any_digits(0, most_ - place);
    std::vector<Expression> ways;
    if (may_stop(place, on_low, on_high)) ways.push_back(text(""));
    if (place < most_) ways.push_back(next_digit(place, on_low, on_high));
    return choice(std::move(ways));
  }

  Expression next_digit(std::size_t place, bool on_low, bool on_high) const {
    const char low = on_low ? at(*low_, place) : '0';
    const char high = on_high ? at(*high_, place) : '9';
    std::vector<Expression> ways;
    const auto add = [&](char first, char last, bool low_too, bool high_too) {
      if (first > last) return;
      ways.push_back(sequence({digit(first, last), rest(place + 1, low_too, high_too)}));
    };
    if (on_low && on_high && low == high) {
      add(low, low, true, true);
      return choice(std::move(ways));
    }
    if (low > high) return impossible();
    if (on_low) add(low, low, true, false);
    add(static_cast<char>(low + (on_low ? 1 : 0)), static_cast<char>(high - (on_high ? 1 : 0)),
        false, false);
    if (on_high) add(high, high, false, true);
    return choice(std::move(ways));
  }

  std::optional<Edge> low_;
  std::optional<Edge> high_;
  std::size_t most_;
};

// Numbers between two bounds of which neither is negative.
Expression sizes_within(const Bound& low, const Bound& high, std::size_t fraction_digits) {
  if (high.at < low.at) return impossible();
  const Fraction::Edge low_edge{low.at.fraction, low.open};
  const Fraction::Edge high_edge{high.at.fraction, high.open};
  if (low.at.whole == high.at.whole) {
    return sequence({text(low.at.whole), Fraction(low_edge, high_edge, fraction_digits).written()});
  }
  Decimal after_low{.whole = low.at.whole};
  Decimal before_high{.whole = high.at.whole};
  after_low = next_whole(after_low, 1);
  before_high = next_whole(before_high, -1);
  const auto from = [&](const Decimal& whole, std::optional<Fraction::Edge> least,
                        std::optional<Fraction::Edge> most) {
    return sequence({text(whole.whole),
                     Fraction(std::move(least), std::move(most), fraction_digits).written()});
  };
  std::vector<Expression> ways;
  ways.push_back(from(low.at, low_edge, std::nullopt));
  if (after_low <= before_high) {
    ways.push_back(sequence({naturals(after_low.whole, before_high.whole),
                             Fraction(std::nullopt, std::nullopt, fraction_digits).written()}));
  }
  ways.push_back(from(high.at, std::nullopt, high_edge));
  return choice(std::move(ways));
}

Bound beyond_all_digits() {
  return {Decimal{.whole = "1" + std::string(kWholeDigitsMax, '0')}, true};
}

}  // namespace

Expression integers_within(const NumberRange& range) {
  const Decimal zero;
  const Decimal outermost{.whole = std::string(kWholeDigitsMax, '9')};
  Decimal low = outermost.minus();
  Decimal high = outermost;
  if (range.least) {
    low = rounded_up(range.least->at);
    if (range.least->open && low == range.least->at) low = next_whole(low, 1);
    high = std::max(high, low);
  }
  if (range.most) {
    high = rounded_down(range.most->at);
    if (range.most->open && high == range.most->at) high = next_whole(high, -1);
    if (!range.least) low = std::min(low, high);
  }
  if (high < low) return impossible();
  std::vector<Expression> ways;
  if (low < zero) {
    const std::string nearest = high < zero ? high.whole : "1";
    ways.push_back(sequence({text("-"), naturals(nearest, low.whole)}));
  }
  if (high >= zero) ways.push_back(naturals(low < zero ? "0" : low.whole, high.whole));
  return one_of(std::move(ways));
}

Expression decimals_within(const NumberRange& range, std::uint32_t fraction_digits) {
  const Bound zero{};
  const Bound above_zero{.at = {}, .open = true};
  Bound high = range.most.value_or(beyond_all_digits());
  Bound low = range.least.value_or(Bound{beyond_all_digits().at.minus(), true});
  if (!range.most && high.at <= low.at) high.at = Decimal{.whole = "1" + low.at.whole};
  if (!range.least && high.at <= low.at) {
    low.at = Decimal{.negative = true, .whole = "1" + high.at.whole};
  }
  std::vector<Expression> ways;
  if (low.at < zero.at) {
    const Bound nearest = high.at < zero.at ? Bound{high.at.minus(), high.open} : above_zero;
    ways.push_back(
        sequence({text("-"), sizes_within(nearest, {low.at.minus(), low.open}, fraction_digits)}));
  }
  if (high.at >= zero.at) {
    ways.push_back(sizes_within(low.at < zero.at ? zero : low, high, fraction_digits));
  }
  return one_of(std::move(ways));
}

}  // namespace hearth::constraint
