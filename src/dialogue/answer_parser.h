// Reads a whole answer, or as much of one as there is, into thinking, text and calls: llama.cpp's
// parser of the model's own format behind a seam. It keeps nothing between two readings; what is
// to be given out when is the reader's business.
//
// Threads: immutable; thread-safe.
// Limits:  kNestingMax, of the answer together with what the prompt has written of it: reading
// takes
//          call stack by depth.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::dialogue {

inline constexpr std::size_t kNestingMax = 128;

// Thinking and text are without what the prompt has written of them, calls are whole.
struct ParsedAnswer {
  enum class Place : std::uint8_t { kNowhere, kThinking, kText, kCall };

  bool readable = false;  // else only `reached` says something
  bool whole = false;     // nothing has to follow
  bool thought = false;   // the prompt has written some of the thinking
  std::string thinking;   // without white space where it begins
  std::string text;
  std::vector<chat::ToolCall> calls;
  std::size_t end = 0;            // in the answer, behind the last byte that is in one of these
  std::size_t reached = 0;        // how far it was understood, marks included
  Place place = Place::kNowhere;  // of that last byte
  bool open = false;              // the answer ends there, and what follows may belong to it
};

class AnswerParser {
 public:
  struct Source {
    std::string rules;       // as llama.cpp saves its parser
    int dialect = 0;         // llama.cpp's common_chat_format
    std::string prompt_end;  // what the prompt has written of the answer; the rules begin with it
    std::vector<std::string> tools;  // their names
  };
  static Result<std::shared_ptr<const AnswerParser>> create(Source source);

  virtual ~AnswerParser() = default;
  // Nothing readable where it nests too deep.
  virtual ParsedAnswer parse(std::string_view answer) const = 0;
  // Where one of these stands, thinking or text may end; elsewhere they go on.
  virtual const std::vector<std::string>& marks() const = 0;
  // Nothing but what stands around calls in every answer, the last of it maybe cut; no name.
  virtual bool is_syntax(std::string_view text) const = 0;
};

}  // namespace hearth::dialogue
