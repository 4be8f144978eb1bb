// The text of an answer in, in any pieces; what it means out: text, thinking and calls of tools,
// as deltas that add up to the whole. What looked like a call and cannot be read as one is given
// out as text, with a warning: nothing a model wrote is lost.
//
// Threads:    confined to one thread at a time.
// Invariants: the same deltas, joined, however the text was cut into pieces; the marks around
//             thinking and calls are in none of them.
// Limits:     what reading takes stays in proportion to the text: whole calls are not read again
//             for every token.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "chat/event.h"
#include "dialogue/answer_format.h"

namespace hearth::dialogue {

class AnswerReader {
 public:
  static std::unique_ptr<AnswerReader> create(AnswerFormat format);
  virtual ~AnswerReader() = default;

  // TextDelta, ThinkingDelta, ToolCallDelta and Warning; their `tokens` are 0 and the caller's to
  // fill in. Ids of calls are made here where the model gives none.
  virtual std::vector<chat::Event> add(std::string_view text) = 0;
  // What was held back, at the end of the answer. What cannot be read is text, whatever the rest.
  virtual std::vector<chat::Event> finish(Rest rest) = 0;

  virtual bool thinks() const = 0;  // the text so far ends inside thinking
  virtual bool called() const = 0;  // a call of a tool was given out
  // The arguments of all that were are objects to their end.
  virtual bool calls_whole() const = 0;
  // Nothing more is wanted: a second call began where one was asked for, and is not told.
  virtual bool over() const = 0;
};

}  // namespace hearth::dialogue
