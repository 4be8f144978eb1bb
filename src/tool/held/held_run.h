// Runs a tool in a process of its own and watches it: how long, how many processes, how much memory
// and how much output. However it goes, nothing of it runs on: it and all that it started are
// killed as one group, which nobody in it can leave, and with it go its namespaces where it has
// some.
//
// Threads: thread-safe; blocks its caller, who also does the watching.
// Errors:  in the Outcome.
// Limits:  those of the Spec and of Holding; kFloodBytesMax.
#pragma once

#include <string>

#include "tool/held/request.h"
#include "tool/outcome.h"
#include "tool/tool.h"

namespace hearth::tool::held {

inline constexpr std::uint64_t kFloodBytesMax = 64 * base::kMiB;  // written before it is ended

struct Holding {
  std::string executable;  // `hearth`
  std::string workspace;   // absolute
  std::string scratch;     // absolute; made where it is not there
  Limits limits;
};

Outcome run_held(const Holding& holding, const Spec& spec, const Work& work);

}  // namespace hearth::tool::held
