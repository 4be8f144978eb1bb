// The tools of this machine as a run of a task uses them: in the run's workspace, by the settings'
// rules.
//
// Threads: thread-safe.
// Errors:  as tool::make_toolbox; kInvalidArgument for a rule that cannot be read.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "config/home.h"
#include "config/settings.h"
#include "flow/run/event.h"
#include "flow/tools.h"

namespace hearth {

struct TaskPlace {
  std::string workspace;  // absolute; empty: no files
  flow::Approve approve = flow::Approve::kAsk;
};

Result<std::unique_ptr<flow::Tools>> make_task_tools(const config::Home& home,
                                                     const config::Settings& settings,
                                                     const TaskPlace& place);

}  // namespace hearth
