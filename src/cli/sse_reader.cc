#include "cli/sse_reader.h"

#include <utility>

namespace hearth::cli {

Result<std::vector<SseEvent>> SseReader::feed(std::string_view bytes) {
  std::vector<SseEvent> events;
  for (const char byte : bytes) {
    const bool second_half = after_carriage_return_ && byte == '\n';
    after_carriage_return_ = byte == '\r';
    if (second_half) continue;
    if (byte == '\n' || byte == '\r') {
      take_line(line_, events);
      line_.clear();
    } else {
      line_ += byte;
    }
    if (line_.size() + event_.data.size() > kSseEventBytesMax) {
      return fail(Code::kResourceExhausted, "the daemon sent an event that is too large");
    }
  }
  return events;
}

void SseReader::take_line(std::string_view line, std::vector<SseEvent>& events) {
  if (line.empty()) {
    if (has_data_) {
      event_.data.pop_back();  // the newline after the last data line
      if (event_.type.empty()) event_.type = "message";
      events.push_back(event_);
    }
    event_.type.clear();
    event_.data.clear();
    has_data_ = false;
    return;
  }
  const std::size_t colon = line.find(':');
  const std::string_view field = line.substr(0, colon);
  std::string_view value = colon == std::string_view::npos ? "" : line.substr(colon + 1);
  if (value.starts_with(' ')) value.remove_prefix(1);
  if (field == "data") {
    event_.data.append(value) += '\n';
    has_data_ = true;
  } else if (field == "event") {
    event_.type = value;
  } else if (field == "id") {
    event_.id = value;
  }
}

}  // namespace hearth::cli
