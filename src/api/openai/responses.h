// The routes of OpenAI's responses: made, kept, found again and gone on with. One that is kept is
// there for the key that made it.
//
// Ownership: borrows what answers, and the shelf.
// Threads:   confined to the loop.
#pragma once

#include "api/core/answers.h"
#include "api/openai/response_shelf.h"

namespace hearth::api::openai {

// POST /v1/responses
asio::awaitable<void> create_response(Call& call, Answers& answers, const ResponseShelf& shelf);
// GET /v1/responses/{id} and /v1/responses/{id}/input_items
asio::awaitable<void> show_response(Call& call, const ResponseShelf& shelf);
// DELETE /v1/responses/{id}
asio::awaitable<void> remove_response(Call& call, const ResponseShelf& shelf);
// POST /v1/responses/{id}/cancel: none is made while nobody waits for it.
asio::awaitable<void> cancel_response(Call& call);
// POST /v1/responses/input_tokens
asio::awaitable<void> count_input_tokens(Call& call, provider::Provider& provider,
                                         const ResponseShelf& shelf);

}  // namespace hearth::api::openai
