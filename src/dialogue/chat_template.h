// How one model wants its conversations written, and how its answers are to be read: its own
// Jinja template, through llama.cpp's chat library. Nothing else of Hearth names that library.
//
// Nothing a client wrote ever becomes a control token: where a text of a control token stands in
// what a client sent (a message, a tool, an argument), the prompt is cut there, and that piece is
// not from the template.
//
// The begin token stands in the prompt where the template writes it; whoever makes tokens of the
// prompt adds none of its own where there is one.
//
// Threads:   thread-safe.
// Errors:    kInvalidArgument for what the template cannot express or refuses, in its words;
//            kUnimplemented for a template that cannot be read at all; kCancelled.
// Limits:    kTemplateBytesMax, kPromptBytesMax; template_check.h and jinja_shape.h for how a
//            template is written; kTemplateAllowance for what it does when it runs, whatever runs
//            it: an endless one is an error.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/cancellation.h"
#include "base/result.h"
#include "chat/request.h"
#include "dialogue/answer_format.h"
#include "dialogue/jinja_allowance.h"

namespace hearth::dialogue {

inline constexpr std::size_t kTemplateBytesMax = 1024 * 1024;
inline constexpr std::size_t kPromptBytesMax = 256UL * 1024 * 1024;

// For all that is run at a load, together, and for all that is run at a request. There, each
// message, each tool and each value in a tool's schema adds its part, and so does each pair of
// messages and tools (some templates look for a message through all, or write the whole prompt anew
// for each), up to the most. Of the templates
// that are known, none takes more than a sixth at a load, and none half of it for a thousand
// messages.
inline constexpr Allowance kTemplateAllowance = {.steps = 300'000, .bytes = 64 * base::kMiB};
inline constexpr Allowance kMostAllowance = {.steps = 200'000'000, .bytes = 4 * base::kGiB};
inline constexpr std::size_t kPartSteps = 2'000;
inline constexpr std::size_t kPairSteps = 60;
inline constexpr std::size_t kPartBytesMade = 512 * base::kKiB;
inline constexpr std::size_t kPartReads = 64;

struct PromptPiece {
  std::string text;
  bool from_template = false;  // control tokens in it are meant
  bool operator==(const PromptPiece&) const = default;
};

// What is to be computed for a request, and how its answer is to be read.
struct Rendered {
  std::vector<PromptPiece> pieces;
  AnswerFormat format;
};

class ChatTemplate {
 public:
  struct Source {
    std::string text;        // Jinja; ChatML when empty
    std::string begin_text;  // of the model's begin and end tokens, which templates name
    std::string end_text;
    std::vector<std::string> special_texts;  // those that tokenize to control tokens
    Allowance allowance = kTemplateAllowance;
  };
  static Result<std::unique_ptr<ChatTemplate>> create(Source source);
  virtual ~ChatTemplate() = default;

  // REQUIRES: no raw prompt. Gives up soon after the client did.
  virtual Result<Rendered> render(const chat::Request& request,
                                  const base::CancelToken& cancel) const = 0;
  Result<Rendered> render(const chat::Request& request) const { return render(request, {}); }
  // The prompt alone, for whoever reads no answer to it: many times quicker where there are tools.
  virtual Result<std::vector<PromptPiece>> write(const chat::Request& request,
                                                 const base::CancelToken& cancel) const = 0;
  Result<std::vector<PromptPiece>> write(const chat::Request& request) const {
    return write(request, {});
  }
  virtual const chat::Capabilities& capabilities() const = 0;
  // What is written between an answer and the next question; empty when it cannot be told.
  virtual const std::string& between_turns() const = 0;
};

}  // namespace hearth::dialogue
