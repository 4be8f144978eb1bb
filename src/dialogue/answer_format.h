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

#include "constraint/arguments.h"
#include "dialogue/text_frame.h"

namespace hearth::dialogue {

class AnswerParser;
class ToolTrigger;

// The arguments of a tool where its calls write them: a rule of the grammar, which takes what can
// be read and is to be held to what the tool's parameters allow.
struct CallArguments {
  enum class Written : std::uint8_t {
    kDocument,  // as one JSON document
    kOneByOne,  // as `list` says
    kGemma      // as a document in the notation of Gemma's calls
  };
  std::string rule;  // none where a call has no place for any
  std::string tool;
  std::string parameters;  // a JSON schema
  std::string outline;     // the same in short, for what cannot be kept (constraint/outline.h)
  Written written = Written::kDocument;
  constraint::ArgumentList list;
};

struct CallGrammar {
  std::string text;  // GBNF
  std::vector<CallArguments> arguments;
};

struct AnswerFormat {
  // Around thinking; empty when the model has none, or has none any more because the answer goes
  // on behind it. The prompt may have begun it already.
  std::string thinking_begin;
  std::string thinking_end;
  bool thinking_begun = false;
  // Texts in thinking at which the parser takes it for ended.
  std::vector<std::string> thinking_breaks;

  // Reads calls of tools, and text that stands between marks of its own. Null when there is
  // neither: all that is not thinking is text.
  std::shared_ptr<const AnswerParser> parser;
  // What the answer must be from the first trigger on, so that its calls can be read; triggers
  // inside thinking are none. Without text where no call is offered.
  CallGrammar grammar;
  std::shared_ptr<const ToolTrigger> trigger;
  // One call or more and nothing else: the whole answer behind thinking, where the request wants a
  // call, or what may stand in the place of a text that a constraint holds. Without text otherwise.
  CallGrammar calls;
  TextFrame frame;  // around what is held so; nothing where there is none

  // The answer is over where a second call begins: some families' rules let one follow within their
  // section of calls, whatever was asked for.
  bool one_call = false;

  std::vector<std::string> stops;  // texts that end the answer, besides those asked for
  std::vector<std::string> said;   // control tokens whose text belongs to the answer

  // Nothing is to be divided.
  bool all_is_text() const { return parser == nullptr && thinking_end.empty(); }
};

// What stands at the end of an answer and is in no part of it.
enum class Rest : std::uint8_t {
  kMarks,    // no more than the beginning of a mark or of a call, which had no room
  kText,     // maybe what the model wanted to say
  kDocument  // text, however much it looks like a call: the rule wanted a document
};

// Where in the text of an answer the grammar begins to hold: the offset; it may lie before the end
// of what made it certain. `from` is how much was looked at before.
std::optional<std::size_t> find_trigger(const ToolTrigger& trigger, std::string_view answer,
                                        std::size_t from);

}  // namespace hearth::dialogue
