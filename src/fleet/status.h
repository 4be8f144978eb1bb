// What is loaded, for people who ask: `hearth ps` and GET /hearth/v1/models.
//
// Threads: values.
#pragma once

#include <cstdint>
#include <string>

namespace hearth::fleet {

struct RunnerStatus {
  enum class State : std::uint8_t { kLoading, kReady, kStopping };
  std::string model;
  std::string path;
  std::string runner;  // which executable holds it
  State state = State::kLoading;
  std::int32_t pid = 0;
  std::uint64_t resident_bytes = 0;
  std::uint32_t context = 0;
  std::uint32_t requests_running = 0;
  std::uint32_t restarts = 0;
  std::int64_t last_used_ms = 0;  // wall time
};

// What a runner has counted since it started.
struct RunnerCounts {
  std::uint64_t requests_started = 0;
  std::uint64_t requests_finished = 0;
  std::uint64_t requests_cancelled = 0;
  std::uint64_t requests_failed = 0;
  std::uint64_t steps = 0;
  std::uint64_t steps_aborted = 0;
  std::uint64_t prompt_tokens = 0;
  std::uint64_t completion_tokens = 0;
  std::uint32_t running = 0;
  std::uint32_t waiting = 0;
  std::uint32_t kv_tokens_used = 0;
  std::uint64_t resident_bytes = 0;
};

constexpr const char* state_name(RunnerStatus::State state) {
  switch (state) {
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
