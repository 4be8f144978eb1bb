// The prompt of a request in as many tokens as the context has room for: what is too long loses
// its oldest part, if the request allows that (chat::Overflow), and the answer tells how much.
//
// Of messages, some go whole (chat::History says which, dialogue/history.h how). Of a raw prompt,
// the oldest tokens go, except the model's begin token.
//
// Threads: pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "engine/model.h"
#include "engine/prompt.h"

namespace hearth::engine {

struct FittedPrompt {
  Prompt prompt;
  std::size_t dropped = 0;  // tokens
  std::size_t dropped_messages = 0;
};

// Tokens that a prompt may have in this context before it is cut: room stays for the answer, but
// no more than a part of the context.
std::size_t room_for_prompt(const chat::Request& request, std::uint32_t context);

// At most the first `keep` tokens and then the newest, `room` together.
// REQUIRES: keep <= room <= tokens.size().
std::vector<Token> drop_oldest(const std::vector<Token>& tokens, std::size_t keep,
                               std::size_t room);

// What cannot be made to fit stays too long.
Result<FittedPrompt> fit_prompt(const Model& model, const dialogue::ChatTemplate* chat_template,
                                const chat::Request& request, std::uint32_t context,
                                const base::CancelToken& cancel);

}  // namespace hearth::engine
