// How hot the machine is, as its sensors tell it, and how often its processors had to slow down.
// What is made of that is not decided here.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace hearth::process {

// In thousandths of a degree Celsius, as the kernel writes them.
struct ThermalZone {
  std::string name;  // its type: "x86_pkg_temp"
  std::int64_t temperature = 0;
  // Where the system begins to slow down, and where it turns itself off.
  std::optional<std::int64_t> passive = {};
  std::optional<std::int64_t> critical = {};

  bool operator==(const ThermalZone&) const = default;
};

struct HeatReading {
  std::vector<ThermalZone> zones;
  // Times that processors were slowed down for heat since the machine started.
  std::uint64_t throttled = 0;

  bool operator==(const HeatReading&) const = default;
};

// Zones and counters that cannot be read, or say what cannot be, are left out; a machine without
// sensors has none. `root` is where /sys stands, for tests.
HeatReading read_heat(const std::string& root = {});

}  // namespace hearth::process
