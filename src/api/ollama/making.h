// Models are made, copied and removed, and files are sent for that: POST /api/create, POST
// /api/copy, DELETE /api/delete, HEAD and POST /api/blobs/sha256:….
//
// Threads: confined to the loop.
#pragma once

#include "api/ollama/parts.h"

namespace hearth::api::ollama {

asio::awaitable<void> create_model(Call& call, Parts parts);
asio::awaitable<void> copy_model(Call& call, Parts parts);
asio::awaitable<void> delete_model(Call& call, Parts parts);
asio::awaitable<void> find_blob(Call& call, Parts parts);
asio::awaitable<void> take_blob(Call& call, Parts parts);

}  // namespace hearth::api::ollama
