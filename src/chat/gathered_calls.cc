#include "chat/gathered_calls.h"

namespace hearth::chat {

void GatheredCalls::add(const ToolCallDelta& delta) {
  const auto [found, begins] = places_.try_emplace(delta.index, calls_.size());
  if (begins) calls_.emplace_back();
  ToolCall& call = calls_[found->second];
  call.id += delta.id;
  call.name += delta.name;
  call.arguments += delta.arguments;
}

}  // namespace hearth::chat
