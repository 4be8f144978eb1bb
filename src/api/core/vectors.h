// What every dialect's embeddings have in common: the provider is asked, and what comes back is
// held against what was asked for. A client that leaves ends the work.
//
// Ownership: borrows the provider and the registry.
// Threads:   confined to the loop.
#pragma once

#include <optional>

#include <boost/asio/awaitable.hpp>

#include "api/core/router.h"
#include "metrics/registry.h"
#include "provider/provider.h"

namespace hearth::api {

class Vectors {
 public:
  Vectors(provider::Provider& provider, metrics::Registry& registry);

  // Notes model and tokens in the call. Nothing when the client has gone. Of what comes with no
  // error, there are as many vectors as inputs, of at least one dimension.
  asio::awaitable<std::optional<Result<chat::Embeddings>>> make(Call& call,
                                                                chat::EmbedRequest request);

 private:
  provider::Provider& provider_;
  metrics::Counter& tokens_;
  metrics::Counter& disconnects_;
};

}  // namespace hearth::api
