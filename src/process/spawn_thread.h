// The one thread of this process that forks. The kernel ties "dies with its parent" to the thread
// that forked, so that thread has to live as long as the process does.
//
// Ownership: started at first use, never ended; the end of the process ends it.
// Threads: thread-safe; one piece of work at a time.
#pragma once

#include <functional>

#include "base/result.h"

namespace hearth::process {

// Runs `work` there and returns when it is done. kResourceExhausted when no thread can be started.
Result<void> run_on_spawn_thread(const std::function<void()>& work);

}  // namespace hearth::process
