// What a child does between fork and exec. Only async-signal-safe calls, since the parent may have
// had threads that held any lock.
//
// Threads: the only one of a fresh child.
#pragma once

#include <cstddef>
#include <cstdint>

#include "process/sandbox.h"

namespace hearth::process {

struct Redirect {
  int source = -1;  // in the parent
  int target = -1;  // in the child
};

// Everything it needs, made before the fork and valid through it.
struct StartPlan {
  const char* program = nullptr;
  char* const* arguments = nullptr;
  char* const* environment = nullptr;
  const char* folder = nullptr;  // null: stay
  Redirect* redirects = nullptr;
  std::size_t redirect_count = 0;
  int first_free_descriptor = 3;  // above every target
  int error_pipe = -1;
  const Sandbox* sandbox = nullptr;
  int parent_to_die_with = 0;  // 0: none
  bool wants_namespaces = false;
  // Written as the largest process id of the namespace, if root makes it one; null: none.
  const char* process_id_max = nullptr;
  // "1000 1000 1": what its user and group are called in a user namespace, if it gets one.
  const char* user_map = nullptr;
  const char* group_map = nullptr;
};

// What became of the fork; in the child it does not return.
struct Started {
  int pid = -1;
  int pidfd = -1;
  int error_number = 0;
  bool apart = false;  // in namespaces of its own
};

// REQUIRES: every signal is blocked.
Started fork_child(const StartPlan& plan) noexcept;

enum class StartStep : std::uint8_t { kPrepare, kFolder, kSandbox, kDescriptors, kExecute };

// Written into the error pipe when a step fails; the pipe closes without it when all went well.
struct StartFailure {
  StartStep step = StartStep::kPrepare;
  int error_number = 0;
};

}  // namespace hearth::process
