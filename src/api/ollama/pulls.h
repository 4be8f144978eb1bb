// POST /api/pull, told line by line in Ollama's words; and /api/push, which is refused.
//
// Threads: confined to the loop.
#pragma once

#include "api/ollama/parts.h"

namespace hearth::api::ollama {

asio::awaitable<void> pull_model(Call& call, Parts parts);
asio::awaitable<void> refuse_push(Call& call);

// {"status":…}, as the lines of pulls and creations are.
std::string status_line(std::string_view status);
inline constexpr std::string_view kSuccess = "success";

}  // namespace hearth::api::ollama
