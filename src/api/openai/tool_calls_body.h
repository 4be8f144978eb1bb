// Tool calls of an answer in OpenAI's shape: gathered for a whole answer, and as the pieces of a
// stream.
//
// Threads: thread-compatible.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "chat/event.h"
#include "chat/request.h"
#include "json/writer.h"

namespace hearth::api::openai {

// The calls of one answer, put together from their pieces. A call begins with its first piece,
// whatever its number.
class GatheredCalls {
 public:
  void add(const chat::ToolCallDelta& delta);
  bool empty() const { return calls_.empty(); }
  // In the order in which they began.
  const std::vector<chat::ToolCall>& calls() const { return calls_; }

 private:
  std::map<std::uint32_t, std::size_t> places_;  // in calls_, by number
  std::vector<chat::ToolCall> calls_;
};

void write_tool_calls(json::Writer& json, const std::vector<chat::ToolCall>& calls);
// {"tool_calls":[…]}: with id, type and name in the first piece of a call.
std::string tool_call_delta(const chat::ToolCallDelta& delta);

}  // namespace hearth::api::openai
