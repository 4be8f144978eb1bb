// What one choice adds to an answer: tokens, and never more than the answer may still have.
//
// Threads: thread-compatible.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "engine/token.h"

namespace hearth::engine {

class Addition {
 public:
  explicit Addition(std::uint32_t room = 0) : room_(room) {}

  // False, and nothing was added, when there is no room.
  bool add(Token token) {
    if (left() == 0) return false;
    tokens_.push_back(token);
    return true;
  }
  std::size_t left() const { return room_ - tokens_.size(); }
  // When this many more were added, or as many as there is room for.
  std::size_t left_after(std::size_t tokens) const { return left() - std::min(left(), tokens); }
  const std::vector<Token>& tokens() const { return tokens_; }

 private:
  std::size_t room_;
  std::vector<Token> tokens_;
};

}  // namespace hearth::engine
