#include "api/core/time_text.h"

#include <ctime>

#include <fmt/format.h>

namespace hearth::api {

std::string time_text(std::int64_t wall_ms) {
  constexpr std::int64_t kSecondMs = 1000;
  constexpr int kFirstYear = 1900;
  const std::time_t seconds = wall_ms / kSecondMs;
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", parts.tm_year + kFirstYear,
                     parts.tm_mon + 1, parts.tm_mday, parts.tm_hour, parts.tm_min, parts.tm_sec,
                     wall_ms % kSecondMs);
}

}  // namespace hearth::api
