// What Hearth's own routes can ask of the daemon, as functions that main wires: the api knows no
// fleet and no process.
//
// Threads: confined to the loop; callbacks come on it, never from inside the call.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/callback.h"
#include "base/result.h"
#include "fleet/status.h"
#include "store/pull/pull.h"
#include "store/removal.h"

namespace hearth::api {

struct PullWish {
  std::string model;      // any name, aliases included
  std::string digest;     // what its file has to be; empty: what its hub says
  bool insecure = false;  // names may say http://, whose downloads nobody protects
};

// What a pull tells whoever watches it.
struct PullEars {
  std::function<void(const store::PullProgress&)> progress;
  std::function<void(Result<store::Manifest>)> done;
};

struct Control {
  std::uint32_t protocol = 0;  // that daemon and runners speak
  std::function<std::vector<fleet::RunnerStatus>()> status;
  std::function<void(std::string model, std::function<void(Result<void>)> done)> unload;
  std::function<void(std::string model, std::function<void(Result<fleet::RunnerCounts>)> done)>
      counts;
  // Fetches a model, or watches who does. The result is for leaving: then nothing is told any more.
  std::function<Result<CallOff>(const PullWish&, PullEars)> pull;
  // kNotFound for what was not pulled; kInvalidArgument for files that are not the store's.
  std::function<void(std::string model, std::function<void(Result<store::Removal>)> done)> remove;
  std::function<void(std::function<void(Result<store::Removal>)> done)> collect;
  std::function<void()> shutdown;       // begins to end the daemon, and returns
  std::function<Result<void>()> ready;  // whether requests can be answered, or why not
};

}  // namespace hearth::api
