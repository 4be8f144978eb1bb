// POST /v1/audio/transcriptions and /v1/audio/translations: what was said in a recording. The form
// is read and checked; what comes of it is an error that says what to do, while no model hears.
//
// Ownership: borrows the provider.
// Threads:   confined to the loop.
#pragma once

#include "api/core/router.h"
#include "provider/provider.h"

namespace hearth::api::openai {

asio::awaitable<void> transcribe(Call& call, const provider::Provider& provider);

}  // namespace hearth::api::openai
