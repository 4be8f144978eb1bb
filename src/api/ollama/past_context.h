// The field `context` of /api/generate: what was said so far, as a list of numbers that a client
// sends back as it got it. Ollama's are tokens of one model; ours are the texts themselves, three
// bytes in each number, so that they mean the same to every model and template.
//
// Errors:  kInvalidArgument for numbers that no answer of this server had.
// Limits:  kPastMessagesMax.
// Threads: pure.
#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "chat/request.h"

namespace hearth::api::ollama {

inline constexpr std::size_t kPastMessagesMax = 10'000;

// Of role and content; the rest of a message is left out.
std::vector<std::uint32_t> pack_past(const std::vector<chat::Message>& messages);
// REQUIRES: not empty.
Result<std::vector<chat::Message>> unpack_past(const std::vector<std::uint32_t>& numbers);

}  // namespace hearth::api::ollama
