// The deltas of one answer on their way out: pieces of the same kind become one event.
//
// Threads: confined to its reader.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "chat/event.h"

namespace hearth::dialogue {

class Deltas {
 public:
  void text(std::string_view piece);
  void thinking(std::string_view piece);
  void call(chat::ToolCallDelta piece);
  void warn(std::string text);

  // What has come together; nothing stays.
  std::vector<chat::Event> take();

 private:
  std::vector<chat::Event> events_;
};

}  // namespace hearth::dialogue
