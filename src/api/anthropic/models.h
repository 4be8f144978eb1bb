// GET /v1/models and GET /v1/models/{id}, in Anthropic's shape and pages; what a model can express
// stands in an object "hearth".
//
// Errors:  kInvalidArgument for a limit that is none, kNotFound.
// Limits:  kPageMax models in one page.
// Threads: confined to the loop.
#pragma once

#include <cstddef>

#include <boost/asio/awaitable.hpp>

#include "api/core/router.h"
#include "provider/provider.h"

namespace hearth::api::anthropic {

inline constexpr std::size_t kPageDefault = 20;
inline constexpr std::size_t kPageMax = 1000;

asio::awaitable<void> list_models(Call& call, const provider::Provider& provider);
asio::awaitable<void> show_model(Call& call, const provider::Provider& provider);

}  // namespace hearth::api::anthropic
