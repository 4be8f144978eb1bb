// What models there are: GET /api/tags, GET /api/ps and POST /api/show; and who answers: GET
// /api/version and GET /.
//
// Threads: confined to the loop.
#pragma once

#include "api/ollama/parts.h"

namespace hearth::api::ollama {

// Of Ollama's API that is spoken here: clients hold it against what they need.
inline constexpr const char* kApiVersion = "0.33.0";

asio::awaitable<void> list_models(Call& call, Parts parts);
asio::awaitable<void> list_loaded(Call& call, Parts parts);
asio::awaitable<void> show_model(Call& call, Parts parts);
asio::awaitable<void> tell_version(Call& call);
asio::awaitable<void> say_hello(Call& call);

}  // namespace hearth::api::ollama
