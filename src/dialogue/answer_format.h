// How the text that a model writes is divided into thinking, text and tool calls, and what it
// has to look like while it is written. Made together with the prompt, of the same template.
//
// Threads:   immutable; copies share.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace hearth::dialogue {

class AnswerParser;  // llama.cpp's, for calls of tools; see answer_reader.h
class ToolTrigger;

struct AnswerFormat {
  // Around thinking; empty when the model has none. The prompt may have begun it already.
  std::string thinking_begin;
  std::string thinking_end;
  bool thinking_begun = false;

  // Null when no tool may be called: all that is not thinking is text.
  std::shared_ptr<const AnswerParser> calls;
  // What the answer must be so that its calls can be read, as GBNF; empty when nothing is asked.
  // It holds from the first trigger on, where there is one, else from the beginning.
  std::string grammar;
  std::shared_ptr<const ToolTrigger> trigger;

  std::vector<std::string> stops;  // texts that end the answer, besides those asked for
  std::vector<std::string> said;   // control tokens whose text belongs to the answer
};

// Where in the text of an answer the grammar begins to hold: the offset; it may lie before the end
// of what made it certain. `from` is how much was looked at before.
std::optional<std::size_t> find_trigger(const ToolTrigger& trigger, std::string_view answer,
                                        std::size_t from);

}  // namespace hearth::dialogue
