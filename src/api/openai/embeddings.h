// POST /v1/embeddings: texts or tokens go in, a vector of each comes out. A client that leaves ends
// the work.
//
// Ownership: borrows the provider and the registry.
// Threads:   confined to the loop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/core/router.h"
#include "metrics/registry.h"
#include "provider/provider.h"

namespace hearth::api::openai {

class Embeddings {
 public:
  Embeddings(provider::Provider& provider, metrics::Registry& registry);
  asio::awaitable<void> handle(Call& call);

 private:
  provider::Provider& provider_;
  metrics::Counter& tokens_;
  metrics::Counter& disconnects_;
};

}  // namespace hearth::api::openai
