// POST /v1/completions: prompts go on as a model goes on with them. Several prompts are answered
// together; the choices of the first one come first.
//
// Ownership: borrows what answers.
// Threads:   confined to the loop.
#pragma once

#include "api/core/answers.h"

namespace hearth::api::openai {

asio::awaitable<void> complete_text(Call& call, Answers& answers);

}  // namespace hearth::api::openai
