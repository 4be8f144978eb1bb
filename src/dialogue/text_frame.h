// What some families write before the text of an answer, to tell it from thinking and from calls.
// A text that is asked to have a form has to stand behind it, or the model is made to write what it
// never learned.
//
// Threads: pure.
#pragma once

#include <string>
#include <string_view>

namespace hearth::dialogue {

struct TextFrame {
  std::string text_begin;  // empty in most families
  // Thinking is a turn of its own: what begins the turn behind it, and what the prompt ends with.
  std::string turn_begin;
};

struct FrameTraces {
  std::string_view prompt;      // a question, and what an answer begins with
  std::string_view told;        // the same question, this answer, and another question
  std::string_view answer;      // its text, which occurs nowhere else
  std::string_view turn_begin;  // what the prompt ends with
  std::string_view thinking_begin;
  std::string_view thinking_end;
};

// Nothing where the two do not begin alike.
TextFrame find_text_frame(const FrameTraces& traces);

}  // namespace hearth::dialogue
