// What Hearth's own routes can ask of the daemon, as functions that main wires: the api knows no
// fleet and no process.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/result.h"
#include "fleet/status.h"

namespace hearth::api {

struct Control {
  std::uint32_t protocol = 0;  // that daemon and runners speak
  std::function<std::vector<fleet::RunnerStatus>()> status;
  std::function<void(std::string model, std::function<void(Result<void>)> done)> unload;
  std::function<void(std::string model, std::function<void(Result<fleet::RunnerCounts>)> done)>
      counts;
  std::function<void()> shutdown;       // begins to end the daemon, and returns
  std::function<Result<void>()> ready;  // whether requests can be answered, or why not
};

}  // namespace hearth::api
