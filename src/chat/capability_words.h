// The words for what a model's template can express: in replies, in files, on a terminal.
//
// Threads: immutable.
#pragma once

#include <array>
#include <string_view>

#include "chat/request.h"

namespace hearth::chat {

struct CapabilityWord {
  std::string_view name;
  bool Capabilities::* member;
};

inline constexpr std::array kCapabilityWords{
    CapabilityWord{"system", &Capabilities::system},
    CapabilityWord{"tools", &Capabilities::tools},
    CapabilityWord{"parallel_calls", &Capabilities::parallel_calls},
    CapabilityWord{"thinking", &Capabilities::thinking},
};

}  // namespace hearth::chat
