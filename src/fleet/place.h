// What the fleet knows of a model that it has, or is about to have, or had until it crashed.
//
// Threads: a value; confined to whoever owns it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "fleet/load_plan.h"
#include "fleet/model_opening.h"
#include "fleet/runner.h"
#include "fleet/watchdog.h"
#include "store/model_file.h"

namespace hearth::fleet {

using RunnerCallback = std::function<void(Result<std::shared_ptr<Runner>>)>;

// A model that is loaded, is being loaded, or has crashed.
struct Place {
  store::ModelFile model;  // by the name it was loaded under
  LoadPlan plan = {};
  std::shared_ptr<Runner> runner = nullptr;
  bool opening = false;
  std::optional<OpenedModel> opened = {};  // and waits for room
  std::vector<RunnerCallback> waiting = {};
  std::vector<std::function<void(Result<void>)>> unloading = {};
  bool crashed = false;  // by itself, the last time it ran
  // As it is loaded in place of the plan, since there was no memory for that.
  std::optional<wire::Load> lowered = {};
  bool falls = false;             // it is about to be loaded so
  std::uint32_t own_context = 0;  // of the model
  const wire::Load& load() const { return lowered ? *lowered : plan.load; }
  gguf::MemoryEstimate planned = {};
  std::uint32_t threads = 0;  // that it computes with when it is cool; 0 is unknown
  std::uint32_t threads_now = 0;
  std::uint32_t starts = 0;
  std::int64_t last_used_ms = 0;
  std::optional<base::TimePoint> looked_at = {};  // at its memory, the last time
  Watchdog watchdog = {};
  base::TimePoint started = {};
  std::optional<base::Duration> load_time = {};  // the last time
};

}  // namespace hearth::fleet
