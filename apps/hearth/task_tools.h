// The tools of this machine as a run of a task uses them.
//
// Threads: thread-safe.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "flow/run/event.h"
#include "flow/tools.h"

namespace hearth {

Result<std::unique_ptr<flow::Tools>> make_task_tools(const std::string& workspace,
                                                     flow::Approve approve);

}  // namespace hearth
