// Which messages of a conversation stay when it is too long. Pure; it knows sizes and no text.
//
// Rules: the system's messages and the last of the others stay, whatever they take. A tool's
//        result goes with the call it answers, and an answer with the question before it. Beside
//        the system's, what is kept begins with a user's message, where there is one.
//        Whole turns go first: a question with all that was said to it. When the last turn alone
//        is too long, its calls and answers go in the same way, and its question stays.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "chat/request.h"

namespace hearth::dialogue {

// The places of those that stay, in order: as many as fit into `tokens_max`, where tokens[i] is
// what message i takes. All of them for chat::History::kKeep. REQUIRES: as many sizes as messages.
std::vector<std::size_t> kept_messages(std::span<const chat::Message> messages,
                                       std::span<const std::uint32_t> tokens,
                                       std::uint32_t tokens_max, chat::History history);

// What stays when fewer than `count` messages may: for the largest budget up to this one with which
// fewer do; the budget becomes that one. Nothing where none can go. Takes as many looks as the
// budget has bits.
std::optional<std::vector<std::size_t>> fewer_messages(std::span<const chat::Message> messages,
                                                       std::span<const std::uint32_t> tokens,
                                                       std::size_t count, chat::History history,
                                                       std::uint32_t& budget);

}  // namespace hearth::dialogue
