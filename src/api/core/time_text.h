// A wall time as RFC 3339 writes it: "2026-11-22T21:48:18.123Z".
//
// Threads: pure.
#pragma once

#include <cstdint>
#include <string>

namespace hearth::api {

// Of milliseconds since 1970.
std::string time_text(std::int64_t wall_ms);

}  // namespace hearth::api
