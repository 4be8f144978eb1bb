#include "cli/progress_line.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <fmt/format.h>

namespace hearth::cli {

namespace {

constexpr std::size_t kBarLeast = 10;
constexpr std::size_t kBarMost = 30;
constexpr std::string_view kGap = "  ";
constexpr double kMinute = 60;
constexpr double kHour = 3600;
constexpr std::uint64_t kGroup = 1000;

std::string bar(double done, std::size_t columns) {
  const std::size_t inside = columns - 2;
  const auto full =
      static_cast<std::size_t>(std::clamp(done, 0.0, 1.0) * static_cast<double>(inside));
  return "[" + std::string(full, '#') + std::string(inside - full, '-') + "]";
}

}  // namespace

std::string duration_text(double seconds) {
  if (seconds < kMinute) return fmt::format("{:.0f} s", std::ceil(std::max(seconds, 0.0)));
  const auto minutes = static_cast<std::uint64_t>(std::ceil(seconds / kMinute));
  if (seconds < kHour) return fmt::format("{} min", minutes);
  return fmt::format("{} h {} min", minutes / 60, minutes % 60);
}

std::string thousands(std::uint64_t number) {
  if (number < kGroup) return fmt::format("{}", number);
  return thousands(number / kGroup) + fmt::format(",{:03}", number % kGroup);
}

ProgressLine progress_line(const std::string& what, double done,
                           const std::vector<std::string>& figures, std::size_t columns) {
  ProgressLine line;
  line.head = what + fmt::format(" {:3.0f}%{}", std::floor(done * 100), kGap);
  for (const std::string& figure : figures) {
    const std::string more = std::string(kGap) + figure;
    if (line.head.size() + line.tail.size() + more.size() > columns) break;
    line.tail += more;
  }
  const std::size_t used = line.head.size() + line.tail.size();
  const std::size_t room = columns > used ? std::min(columns - used, kBarMost) : 0;
  if (room >= kBarLeast) {
    line.bar = bar(done, room);
  } else {  // the gaps of both sides would stand together
    line.tail.erase(0, std::min(kGap.size(), line.tail.size()));
  }
  line.head.resize(std::min(line.head.size(), columns));
  return line;
}

}  // namespace hearth::cli
