// From messages to tokens: the model's template around them, and nothing a user wrote ever
// becomes a control token.
//
// Threads: pure; thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "engine/model.h"

namespace hearth::engine {

// A rendered prompt as pieces that alternate between what the template wrote and what people
// wrote.
struct PromptPiece {
  std::string text;
  bool from_template = false;
  bool operator==(const PromptPiece&) const = default;
};

// kUnimplemented for a template of a kind that llama.cpp's C interface does not know.
Result<std::vector<PromptPiece>> render_messages(const std::string& chat_template,
                                                 const std::vector<chat::Message>& messages);

// True when a control token's text lies wholly or partly in something a person wrote.
bool touches_special_text(const std::vector<PromptPiece>& pieces,
                          const std::vector<std::string>& special_texts);

// What the template writes between an answer and the next question; nothing when it cannot be told.
std::vector<Token> tokens_between_turns(const Model& model);

Result<std::vector<Token>> tokenize_request(const Model& model, const chat::Request& request);

}  // namespace hearth::engine
