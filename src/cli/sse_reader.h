// Server-sent events out of a stream of bytes, as WHATWG defines them: any line ending, comments,
// several data lines, however the bytes are cut into pieces. Reconnecting is not its business.
//
// Threads: thread-compatible.
// Errors:  kResourceExhausted for an event above kSseEventBytesMax; the reader is then useless.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace hearth::cli {

inline constexpr std::size_t kSseEventBytesMax = 8 * 1024 * 1024;

struct SseEvent {
  std::string type;  // "message" when the stream names none
  std::string data;
  std::string id;
  bool operator==(const SseEvent&) const = default;
};

class SseReader {
 public:
  // The events that these bytes complete.
  Result<std::vector<SseEvent>> feed(std::string_view bytes);

 private:
  void take_line(std::string_view line, std::vector<SseEvent>& events);

  std::string line_;
  bool after_carriage_return_ = false;
  bool has_data_ = false;
  SseEvent event_;
};

}  // namespace hearth::cli
