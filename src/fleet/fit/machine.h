// What memory there is to load models into: one entry for each device that can hold a part of one.
// Today that is the machine's own memory; a runner for graphics cards adds theirs.
//
// Threads: values; measuring is thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace hearth::fleet {

enum class DeviceKind : std::uint8_t { kHost };

struct Device {
  std::string name;
  DeviceKind kind = DeviceKind::kHost;
  // What a new process may take, within control groups and limits; 0: the system does not tell.
  std::uint64_t available_bytes = 0;
  // What models that are loaded hold of it, and would give back.
  std::uint64_t held_bytes = 0;

  bool operator==(const Device&) const = default;
};

struct Machine {
  std::vector<Device> devices;  // the host first

  bool operator==(const Machine&) const = default;
};

// REQUIRES: `runners` are processes that hold models. Weights that are mapped from a file are not
// counted as held: the system counts them as available already.
Machine measure_machine(const std::vector<int>& runners);

}  // namespace hearth::fleet
