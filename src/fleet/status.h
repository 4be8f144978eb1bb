// What is loaded, for people who ask: `hearth ps` and GET /hearth/v1/models.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>

#include "fleet/lease/cpu_lease.h"
#include "fleet/waiting_room.h"
#include "gguf/memory_estimate.h"
#include "wire/messages.h"

namespace hearth::fleet {

struct RunnerStatus {
  // kWaiting: for room in memory.
  enum class State : std::uint8_t { kWaiting, kLoading, kReady, kStopping };
  std::string model;
  std::string path;
  std::string runner;  // which executable holds it
  State state = State::kLoading;
  std::int32_t pid = 0;
  std::uint64_t resident_bytes = 0;  // that it holds
  std::uint64_t anonymous_bytes =
      0;  // of these, what no file stands for; mapped weights are the rest
  gguf::MemoryEstimate planned = {};  // what is reserved, by kind, before it was corrected
  std::uint64_t reserved_bytes = 0;   // that are counted for it; of one that waits, that it needs
  bool pinned = false;
  std::string lowered = {};  // how it is loaded with less than planned; empty when it is not
  std::uint32_t context = 0;
  std::uint32_t threads = 0;  // that compute with it now; 0 is unknown
  std::uint32_t requests_running = 0;
  std::uint32_t restarts = 0;
  std::int64_t last_used_ms = 0;  // wall time
  LeaseUse lease;                 // of the cores that it computes on
  std::int64_t leaves_ms = 0;     // wall time, if nobody uses it until then; 0: it stays
};

// What all models together may hold, 0 where nobody knows, and what is counted for those that do.
struct MemoryUse {
  std::uint64_t budget_bytes = 0;
  std::uint64_t reserved_bytes = 0;
};

// A model that comes next, as far as it was read ahead.
struct ExpectedStatus {
  std::string model;
  std::uint64_t size_bytes = 0;
  std::uint64_t read_bytes = 0;
};

// The requests of which nothing is known yet, of all models together.
struct WaitingUse {
  std::size_t requests = 0;
  std::uint64_t bytes = 0;
  WaitingLimits limits = {};
};

// Whether a model stays when others need its room.
enum class Pin : bool { kOff, kOn };

// Whether a load may try again what crashed again and again and is left alone for a while.
enum class Pause : bool { kKept, kLifted };

// What a runner has counted since it started.
using RunnerCounts = wire::Stats;

constexpr const char* state_name(RunnerStatus::State state) {
  switch (state) {
    case RunnerStatus::State::kWaiting:
      return "waiting";
    case RunnerStatus::State::kLoading:
      return "loading";
    case RunnerStatus::State::kReady:
      return "ready";
    case RunnerStatus::State::kStopping:
      return "stopping";
  }
  return "stopping";
}

}  // namespace hearth::fleet
