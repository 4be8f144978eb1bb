#include "dialogue/told_systems.h"

#include <algorithm>
#include <iterator>

namespace hearth::dialogue {

void join_systems(chat::Request& request) {
  const auto is_system = [](const chat::Message& message) {
    return message.role == chat::Role::kSystem;
  };
  auto& messages = request.messages;
  const auto end = std::find_if_not(messages.begin(), messages.end(), is_system);
  if (std::distance(messages.begin(), end) < 2) return;
  for (auto other = std::next(messages.begin()); other != end; ++other)
    messages.front().content += "\n\n" + other->content;
  messages.erase(std::next(messages.begin()), end);
}

}  // namespace hearth::dialogue
