// A golden task done by the daemon, once: begun in a folder of its own, answered where it asks,
// and judged when it is over.
//
// Errors:  those of the daemon; kCancelled after Ctrl-C, when the task is called off.
// Threads: confined to the main thread.
#pragma once

#include <string>

#include "cli/daemon_api.h"
#include "cli/interrupt.h"
#include "eval/golden_task.h"
#include "eval/trial.h"

namespace hearth::cli {

struct FlowRoles {
  std::string name;  // "planner, critic, executor"
  std::string planner, critic, executor;
};

Result<eval::Trial> try_task(const DaemonApi& daemon, const eval::GoldenTask& task,
                             const FlowRoles& roles, Interrupt& interrupt);

}  // namespace hearth::cli
