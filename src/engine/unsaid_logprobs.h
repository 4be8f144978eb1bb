// The logprobs of tokens whose text is still held back: a token is told with the text that its
// first byte is in, and never when that byte belongs to a stop sequence.
//
// Threads: thread-compatible; pure.
#pragma once

#include <cstddef>
#include <deque>
#include <utility>
#include <vector>

#include "chat/event.h"

namespace hearth::engine {

class UnsaidLogprobs {
 public:
  // `begin` is where the token's bytes begin in the answer.
  void add(std::size_t begin, chat::TokenLogprob logprob);
  // Those that begin before `end`, in the order of their coming.
  std::vector<chat::TokenLogprob> take_before(std::size_t end);

 private:
  std::deque<std::pair<std::size_t, chat::TokenLogprob>> unsaid_;
};

}  // namespace hearth::engine
