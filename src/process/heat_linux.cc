#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "base/fd.h"
#include "base/number_text.h"
#include "base/trimmed.h"
#include "process/heat.h"

namespace hearth::process {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kTextBytesMax = 256;
constexpr std::size_t kZonesMax = 128;
constexpr std::size_t kTripsMax = 32;
constexpr std::size_t kProcessorsMax = 4096;
// What is beyond these no sensor means: zones that are switched off say -274 °C or the like, and
// trip points that nobody has set 0.
constexpr std::int64_t kColdest = -60'000;
constexpr std::int64_t kHottest = 200'000;

std::string word_in(const fs::path& file) {
  const std::string text = base::load_text_file(file.string(), kTextBytesMax).value_or("");
  return std::string(base::trimmed(text, " \t\n"));
}

std::optional<std::int64_t> temperature_in(const fs::path& file, std::int64_t least) {
  return base::number_in<std::int64_t>(word_in(file), least, kHottest);
}

// The entries of a folder whose names begin so, in the order of their names.
std::vector<fs::path> entries(const fs::path& folder, std::string_view begin, std::size_t most) {
  std::vector<fs::path> found;
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    if (found.size() < most && entry->path().filename().string().starts_with(begin))
      found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

// The lowest of several trip points of a kind is the one that is reached.
void lower(std::optional<std::int64_t>& lowest, std::int64_t temperature) {
  if (!lowest || temperature < *lowest) lowest = temperature;
}

std::optional<ThermalZone> read_zone(const fs::path& folder) {
  const auto temperature = temperature_in(folder / "temp", kColdest);
  if (!temperature) return std::nullopt;
  ThermalZone zone{.name = word_in(folder / "type"), .temperature = *temperature};
  for (std::size_t i = 0; i < kTripsMax; ++i) {
    const std::string trip = "trip_point_" + std::to_string(i);
    const std::string kind = word_in(folder / (trip + "_type"));
    if (kind.empty()) break;
    const auto reached = temperature_in(folder / (trip + "_temp"), 1);
    if (!reached) continue;
    if (kind == "passive") lower(zone.passive, *reached);
    if (kind == "critical" || kind == "hot") lower(zone.critical, *reached);
  }
  return zone;
}

}  // namespace

HeatReading read_heat(const std::string& root) {
  HeatReading reading;
  for (const fs::path& zone : entries(root + "/sys/class/thermal", "thermal_zone", kZonesMax)) {
    if (auto read = read_zone(zone)) reading.zones.push_back(std::move(*read));
  }
  for (const fs::path& cpu : entries(root + "/sys/devices/system/cpu", "cpu", kProcessorsMax)) {
    for (const char* counter : {"core_throttle_count", "package_throttle_count"}) {
      const auto count = base::number_in<std::uint64_t>(word_in(cpu / "thermal_throttle" / counter),
                                                        0, std::uint64_t{1} << 48U);
      reading.throttled += count.value_or(0);
    }
  }
  return reading;
}

}  // namespace hearth::process
