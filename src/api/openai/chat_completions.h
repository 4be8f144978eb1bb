// POST /v1/chat/completions in OpenAI's words. A stream that ends with an error has no [DONE].
//
// Ownership: borrows what answers.
// Threads:   confined to the loop.
#pragma once

#include "api/core/answers.h"

namespace hearth::api::openai {

asio::awaitable<void> complete_chat(Call& call, Answers& answers);

}  // namespace hearth::api::openai
