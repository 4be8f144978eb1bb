#include "fleet/fit/machine.h"

#include "process/memory.h"

namespace hearth::fleet {

Machine measure_machine(const std::vector<int>& runners) {
  Device host{"memory", DeviceKind::kHost, process::available_bytes(), 0};
  for (const int pid : runners)
    host.held_bytes += process::anonymous_bytes(pid);
  return {{host}};
}

}  // namespace hearth::fleet
