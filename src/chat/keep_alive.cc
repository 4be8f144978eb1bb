#include "chat/keep_alive.h"

#include <charconv>
#include <chrono>
#include <optional>
#include <string>
#include <system_error>

namespace hearth::chat {

namespace {

constexpr double kSecondsMax = 100.0 * 365 * 24 * 3600;

struct Unit {
  std::string_view name;
  double seconds;
};
// "ms" before "m".
constexpr Unit kUnits[] = {{"ms", 0.001}, {"s", 1}, {"m", 60}, {"h", 3600}};

std::optional<Unit> unit_at_begin(std::string_view text) {
  for (const Unit& unit : kUnits) {
    if (text.starts_with(unit.name)) return unit;
  }
  return std::nullopt;
}

// Digits, and perhaps a point; no sign, no "nan".
std::optional<double> take_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;
  double number = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::optional<double> seconds_of(std::string_view text) {
  std::optional<double> number = take_number(text);
  if (!number || text.empty()) return number;
  double sum = 0;
  while (number) {
    const std::optional<Unit> unit = unit_at_begin(text);
    if (!unit) return std::nullopt;
    sum += *number * unit->seconds;
    text.remove_prefix(unit->name.size());
    if (text.empty()) return sum;
    number = take_number(text);
  }
  return std::nullopt;
}

}  // namespace

base::Duration keep_alive_of(double seconds) {
  if (seconds < 0 || seconds > kSecondsMax) return kForEver;
  return std::chrono::duration_cast<base::Duration>(std::chrono::duration<double>(seconds));
}

Result<base::Duration> parse_keep_alive(std::string_view text) {
  const bool is_negative = text.starts_with('-');
  const auto seconds = seconds_of(is_negative ? text.substr(1) : text);
  if (!seconds) {
    return fail(Code::kInvalidArgument, "'" + std::string(text) +
                                            "' is no time: a number of seconds, \"5m\", \"1h30m\", "
                                            "0 for not at all, or -1 for ever");
  }
  return keep_alive_of(is_negative ? -*seconds : *seconds);
}

}  // namespace hearth::chat
