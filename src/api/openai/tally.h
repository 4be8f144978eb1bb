// What is known of an answer so far, from the events of all its choices.
//
// Threads: thread-compatible; pure.
#pragma once

#include <cstddef>
#include <vector>

#include "api/core/event_reader.h"
#include "api/openai/completion_body.h"

namespace hearth::api::openai {

class Tally {
 public:
  enum class Keep { kText, kTextAndLogprobs, kNothing };  // of the deltas

  Tally(std::size_t choices, Keep keep);

  void note(const ChoiceEvent& event);
  bool any_text() const { return any_text_; }
  bool complete() const { return unfinished_ == 0; }  // every choice has finished
  const std::vector<Choice>& choices() const { return choices_; }
  // The prompt and what was found of it in a cache count once, the completions together; times
  // are the longest.
  const Summary& summary() const { return summary_; }

 private:
  void note_usage(const chat::Usage& usage);

  Keep keep_;
  std::vector<Choice> choices_;
  Summary summary_;
  std::size_t unfinished_;
  bool any_text_ = false;
  bool any_usage_ = false;
};

}  // namespace hearth::api::openai
