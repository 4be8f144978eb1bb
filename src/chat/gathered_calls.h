// The tool calls of one answer, put together from their pieces. A call begins with its first
// piece, whatever its number.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "chat/event.h"
#include "chat/request.h"

namespace hearth::chat {

class GatheredCalls {
 public:
  void add(const ToolCallDelta& delta);
  bool empty() const { return calls_.empty(); }
  // In the order in which they began.
  const std::vector<ToolCall>& calls() const { return calls_; }

 private:
  std::map<std::uint32_t, std::size_t> places_;  // in calls_, by number
  std::vector<ToolCall> calls_;
};

}  // namespace hearth::chat
