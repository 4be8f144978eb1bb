// Divides an answer by the marks around thinking alone: all else is text.
//
// What the model thinks stands at the beginning of an answer or nowhere; white space next to a
// mark belongs to the mark. What could be the beginning of a mark is held back.
//
// Threads: confined to one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "dialogue/answer_format.h"
#include "dialogue/deltas.h"

namespace hearth::dialogue {

class MarkReader {
 public:
  explicit MarkReader(const AnswerFormat& format);

  void add(std::string_view text, Deltas& out);
  void finish(Rest rest, Deltas& out);
  bool thinks() const { return state_ == State::kThinks || state_ == State::kThinkingBegins; }

 private:
  enum class State : std::uint8_t { kBegins, kThinkingBegins, kThinks, kTextBegins, kText };

  // Each takes what it understands from the front of held_; false when it needs more.
  bool begin();
  bool think(Deltas& out);
  bool drop_space(State next);

  std::string begin_mark_;
  std::string end_mark_;
  State state_;
  std::string held_;
  std::size_t space_ = 0;  // how much at the front of held_ is known to be white space of a thought
};

}  // namespace hearth::dialogue
