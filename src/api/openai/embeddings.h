// POST /v1/embeddings: texts or tokens go in, a vector of each comes out. A client that leaves ends
// the work.
//
// Ownership: borrows what makes them.
// Threads:   confined to the loop.
#pragma once

#include "api/core/vectors.h"

namespace hearth::api::openai {

asio::awaitable<void> embed(Call& call, Vectors& vectors);

}  // namespace hearth::api::openai
