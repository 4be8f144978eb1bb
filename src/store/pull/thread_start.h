// A thread that may not be had is an error like any other.
#pragma once

#include <functional>
#include <thread>

#include "base/guarded.h"
#include "base/result.h"

namespace hearth::store {

inline Result<std::thread> start_thread(const std::function<void()>& work) {
  return base::guarded(Code::kUnavailable, "the system cannot ", "start a thread",
                       [&work] { return std::thread(work); });
}

}  // namespace hearth::store
