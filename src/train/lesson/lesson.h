// What a conversation teaches: its tokens exactly as the engine would make them, and which of them
// are the model's own and therefore to be learned: its answers, each with the token that ends it.
#pragma once

#include <cstdint>
#include <vector>

#include "engine/token.h"

namespace hearth::train {

struct Lesson {
  std::vector<engine::Token> tokens;
  std::vector<std::uint8_t> wanted;  // 1 for a token that is to be learned
  bool operator==(const Lesson&) const = default;
};

}  // namespace hearth::train
