#include "cli/keys/expiry.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>

namespace hearth::cli {

namespace {

constexpr std::int64_t kHourMs = 3'600'000;
constexpr std::int64_t kDayHours = 24;
constexpr std::int64_t kCountMax = 100'000;

template <typename Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

std::optional<std::int64_t> span_ms(std::string_view text) {
  if (text.size() < 2) return std::nullopt;
  const auto count = number_in<std::int64_t>(text.substr(0, text.size() - 1));
  if (!count || *count < 1 || *count > kCountMax) return std::nullopt;
  switch (text.back()) {
    case 'h':
      return *count * kHourMs;
    case 'd':
      return *count * kDayHours * kHourMs;
    case 'w':
      return *count * 7 * kDayHours * kHourMs;
    default:
      return std::nullopt;
  }
}

std::optional<std::int64_t> day_ms(std::string_view text) {
  constexpr std::size_t kLength = 10;  // "2027-01-31"
  if (text.size() != kLength || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = number_in<int>(text.substr(0, 4));
  const auto month = number_in<unsigned>(text.substr(5, 2));
  const auto day = number_in<unsigned>(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(*month),
                                         std::chrono::day(*day)};
  if (!date.ok()) return std::nullopt;
  const std::chrono::milliseconds since = std::chrono::sys_days(date).time_since_epoch();
  return since.count();
}

}  // namespace

Result<std::int64_t> parse_expiry(std::string_view text, std::int64_t now_ms) {
  if (const auto span = span_ms(text)) return now_ms + *span;
  if (const auto day = day_ms(text)) return *day;
  return fail(Code::kInvalidArgument,
              "'" + std::string(text) +
                  "' is neither a span such as 12h, 30d or 8w nor a day such "
                  "as 2027-01-31");
}

}  // namespace hearth::cli
