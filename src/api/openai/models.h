// GET /v1/models and GET /v1/models/{id}, in OpenAI's shape; what a model
// can express stands in an object "hearth".
//
// Threads: confined to the loop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/core/router.h"
#include "provider/provider.h"

namespace hearth::api::openai {

asio::awaitable<void> list_models(Call& call, const provider::Provider& provider);
asio::awaitable<void> show_model(Call& call, const provider::Provider& provider);

}  // namespace hearth::api::openai
