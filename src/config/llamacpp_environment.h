// What existing setups say of their llama-servers in the environment, as settings of the ports that
// stand in for these servers:
//
//   LLAMACPP_EMBEDDINGS_URL   server.embeddings_port, where the URL is one of this machine
//   LLAMACPP_REASONING_URL    server.reasoning_port, likewise
//   LLAMACPP_EMBEDDING_DIM    server.embeddings_dimensions
//   LLAMACPP_N_THREADS        model.threads
//
// A URL elsewhere names a server that is not ours and says nothing here. A number that makes no
// sense comes out as it stands, so that whoever reads settings tells where it is wrong.
//
// Errors:  kInvalidArgument for a URL of this machine that names no port; names the variable.
// Threads: pure.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "config/settings.h"

namespace hearth::config {

Result<std::vector<Assignment>> llamacpp_settings(const std::vector<std::string>& environment);

}  // namespace hearth::config
