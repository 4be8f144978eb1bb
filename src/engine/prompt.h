// From what was asked to tokens: the model's template around it, and nothing a client wrote ever
// becomes a control token.
//
// Threads: pure; thread-safe.
#pragma once

#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "dialogue/chat_template.h"
#include "engine/model.h"

namespace hearth::engine {

struct Prompt {
  std::vector<Token> tokens;
  dialogue::AnswerFormat format;  // nothing in particular, for a raw prompt
};

// The text of the model's file is used unless there is another; see Load in wire/messages.h.
Result<std::unique_ptr<dialogue::ChatTemplate>> make_chat_template(const Model& model,
                                                                   const std::string& other);

// One piece of what a template has written.
Result<std::vector<Token>> tokenize_piece(const Model& model, const dialogue::PromptPiece& piece);

// The tokens of all that a template has written, its texts of control tokens among them.
Result<std::vector<Token>> tokenize_prompt(const Model& model,
                                           const std::vector<dialogue::PromptPiece>& pieces);

// The template may be null for a raw prompt.
Result<Prompt> make_prompt(const Model& model, const dialogue::ChatTemplate* chat_template,
                           const chat::Request& request, const base::CancelToken& cancel = {});

// What the template writes between an answer and the next question; nothing when it cannot be told.
std::vector<Token> tokens_between_turns(const Model& model,
                                        const dialogue::ChatTemplate& chat_template);

}  // namespace hearth::engine
