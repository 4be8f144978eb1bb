// POST /api/embed, and /api/embeddings as it was before.
//
// Ownership: borrows everything.
// Threads:   confined to the loop.
#pragma once

#include "api/ollama/parts.h"

namespace hearth::api::ollama {

asio::awaitable<void> embed(Call& call, Parts parts);
asio::awaitable<void> embed_one(Call& call, Parts parts);

}  // namespace hearth::api::ollama
