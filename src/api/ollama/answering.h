// POST /api/generate and /api/chat. A request without a prompt, or without messages, loads its
// model, or lets it go where it is to be kept for no time at all.
//
// Ownership: borrows everything.
// Threads:   confined to the loop.
#pragma once

#include "api/ollama/parts.h"

namespace hearth::api::ollama {

asio::awaitable<void> generate(Call& call, Parts parts);
asio::awaitable<void> chat(Call& call, Parts parts);

}  // namespace hearth::api::ollama
