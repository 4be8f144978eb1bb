#include <charconv>

#include "base/fd.h"
#include "process/memory.h"

namespace hearth::process {

namespace {

constexpr std::size_t kTextBytesMax = 4096;
constexpr double kPercent = 100;

}  // namespace

double parse_memory_stall(std::string_view pressure) {
  constexpr std::string_view kKey = "some avg10=";
  const std::size_t found = pressure.find(kKey);
  if (found == std::string_view::npos) return 0;
  double percent = 0;
  const char* const end = pressure.data() + pressure.size();
  const auto read = std::from_chars(pressure.data() + found + kKey.size(), end, percent);
  const bool is_share = read.ec == std::errc() && percent >= 0 && percent <= kPercent;
  return is_share ? percent / kPercent : 0;
}

double memory_stall(const std::string& root) {
  return parse_memory_stall(
      base::load_text_file(root + "/proc/pressure/memory", kTextBytesMax).value_or(""));
}

}  // namespace hearth::process
