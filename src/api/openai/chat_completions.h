// POST /v1/chat/completions: a request's bytes go in, events of the provider come out as one JSON
// answer or as server-sent events. An error before the first byte is an HTTP error; later it is a
// last event of the stream, which then ends without [DONE]. A client that leaves ends the work.
//
// Ownership: borrows the provider and the registry.
// Threads:   confined to the loop.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "api/core/event_reader.h"
#include "api/core/router.h"
#include "api/openai/request_fields.h"
#include "base/clock.h"
#include "metrics/registry.h"
#include "provider/provider.h"

namespace hearth::api::openai {

// A client hears from us at least this often once its stream is open; a stream that has nothing
// to say for so long is opened, so that proxies wait for a slow load.
inline constexpr base::Duration kPingInterval = std::chrono::seconds(15);

struct ChatMetrics {
  explicit ChatMetrics(metrics::Registry& registry);
  metrics::Histogram& first_token_seconds;
  metrics::Gauge& streams_open;
  metrics::Counter& disconnects;
  metrics::Counter& prompt_tokens;
  metrics::Counter& completion_tokens;
};

class ChatCompletions {
 public:
  ChatCompletions(provider::Provider& provider, metrics::Registry& registry,
                  base::Duration ping_interval);
  asio::awaitable<void> handle(Call& call);

 private:
  EventReader::Streams start(ChatCall call);

  provider::Provider& provider_;
  ChatMetrics metrics_;
  base::Duration ping_interval_;
};

}  // namespace hearth::api::openai
