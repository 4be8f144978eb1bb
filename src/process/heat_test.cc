#include "process/heat.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/testing/temporary_folder.h"

namespace hearth::process {
namespace {

using ::testing::ElementsAre;

// A made-up /sys.
class HeatTest : public ::testing::Test {
 protected:
  void write(const std::string& file, const std::string& text) {
    const std::filesystem::path path = folder_.path() + "/sys/" + file;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text << "\n";
  }
  void zone(int number, const std::string& type, const std::string& temperature) {
    const std::string zone = "class/thermal/thermal_zone" + std::to_string(number) + "/";
    write(zone + "type", type);
    write(zone + "temp", temperature);
  }
  void trip(int number, int trip, const std::string& type, const std::string& temperature) {
    const std::string begin = "class/thermal/thermal_zone" + std::to_string(number) +
                              "/trip_point_" + std::to_string(trip);
    write(begin + "_type", type);
    write(begin + "_temp", temperature);
  }
  HeatReading read() { return read_heat(folder_.path()); }

  base::testing::TemporaryFolder folder_;
};

TEST_F(HeatTest, ZonesAreReadWithWhereTheyBecomeHot) {
  zone(0, "acpitz", "27800");
  zone(1, "x86_pkg_temp", "71000");
  trip(1, 0, "active", "50000");
  trip(1, 1, "passive", "95000");
  trip(1, 2, "passive", "90000");
  trip(1, 3, "hot", "103000");
  trip(1, 4, "critical", "105000");
  EXPECT_THAT(read().zones, ElementsAre(ThermalZone{"acpitz", 27800, {}, {}},
                                        ThermalZone{"x86_pkg_temp", 71000, 90000, 103000}));
}

TEST_F(HeatTest, WhatNoSensorMeansIsLeftOut) {
  zone(0, "off", "-274000");
  zone(1, "odd", "warm");
  zone(2, "unset", "40000");
  trip(2, 0, "passive", "0");
  trip(2, 1, "critical", "-1");
  EXPECT_THAT(read().zones, ElementsAre(ThermalZone{"unset", 40000, {}, {}}));
}

TEST_F(HeatTest, HowOftenProcessorsWereSlowedDownIsCounted) {
  write("devices/system/cpu/cpu0/thermal_throttle/core_throttle_count", "3");
  write("devices/system/cpu/cpu0/thermal_throttle/package_throttle_count", "4");
  write("devices/system/cpu/cpu1/thermal_throttle/core_throttle_count", "5");
  write("devices/system/cpu/cpufreq/thermal_throttle/core_throttle_count", "x");
  EXPECT_EQ(read().throttled, 12U);
}

TEST_F(HeatTest, AMachineWithoutSensorsHasNone) {
  EXPECT_EQ(read(), HeatReading{});
}

TEST(Heat, ThisMachineIsReadWithoutHarm) {
  for (const ThermalZone& zone : read_heat().zones)
    EXPECT_GT(zone.temperature, -60'001);
}

}  // namespace
}  // namespace hearth::process
