// POST /v1/messages and POST /v1/messages/count_tokens.
//
// Threads: confined to the loop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/core/answers.h"
#include "api/core/router.h"
#include "provider/provider.h"

namespace hearth::api::anthropic {

asio::awaitable<void> create_message(Call& call, Answers& answers);
asio::awaitable<void> count_tokens(Call& call, provider::Provider& provider);
// What Anthropic has below /v1/messages and nobody has here: batches.
asio::awaitable<void> refuse_batches(Call& call);

// Whether a request is an Anthropic client's, where a path is shared with OpenAI's.
bool is_asked(const Call& call);

}  // namespace hearth::api::anthropic
