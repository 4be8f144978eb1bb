// How many processors this process may keep busy at a time.
//
// Threads: thread-safe.
#pragma once

#include <cstdint>
#include <string>

namespace hearth::process {

// What its control groups allow, rounded up; 0 where they set no limit. `root` is where /proc and
// /sys stand, for tests.
std::uint32_t processor_quota(const std::string& root = {});

}  // namespace hearth::process
