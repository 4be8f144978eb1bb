// The first lines of a reply, as bytes.
//
// Invariants: no header can be split by what a caller put into it: control characters in names
//             and values become spaces.
// Threads:    pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "net/http_message.h"

namespace hearth::net {

// How the client learns where the body ends.
enum class Framing : std::uint8_t { kLength, kChunked, kUntilClose };

struct ResponseHead {
  int status = 200;
  std::string_view content_type;  // no such header when empty
  Framing framing = Framing::kLength;
  std::size_t body_bytes = 0;   // of kLength
  std::string_view connection;  // "close", "keep-alive"
};

inline constexpr const char* kRequestIdHeader = "X-Request-Id";

std::string format_head(const ResponseHead& head, const std::vector<Header>& headers,
                        std::int64_t wall_ms);
std::string_view reason_phrase(int status);

}  // namespace hearth::net
