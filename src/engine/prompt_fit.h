// The prompt of a request in as many tokens as the context has room for: what is too long loses
// its oldest part, if the request allows that (chat::Overflow), and the answer tells how much.
//
// Of messages, the oldest go whole, and a question never goes without its answer; what stays is
// every system message and all from the last user message on. Of a raw prompt, the oldest tokens
// go, except the model's begin token.
//
// Threads: pure; thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.h"
#include "chat/request.h"
#include "engine/model.h"

namespace hearth::engine {

struct FittedPrompt {
  std::vector<Token> tokens;
  std::size_t dropped = 0;  // tokens
};

// Tokens that a prompt may have in this context before it is cut: room stays for the answer, but
// no more than a part of the context.
std::size_t room_for_prompt(const chat::Request& request, std::uint32_t context);

// Which of the messages go, by their places, so that at least `excess` tokens go if so many can.
std::vector<std::size_t> choose_dropped(const std::vector<chat::Message>& messages,
                                        const std::vector<std::size_t>& sizes, std::size_t excess);

// At most the first `keep` tokens and then the newest, `room` together.
// REQUIRES: keep <= room <= tokens.size().
std::vector<Token> drop_oldest(const std::vector<Token>& tokens, std::size_t keep,
                               std::size_t room);

// What cannot be made to fit stays too long.
Result<FittedPrompt> fit_prompt(const Model& model, const chat::Request& request,
                                std::uint32_t context);

}  // namespace hearth::engine
