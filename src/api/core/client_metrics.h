// What several routes count of their clients.
//
// Threads: thread-safe.
#pragma once

#include "metrics/registry.h"

namespace hearth::api {

inline metrics::Counter& client_disconnects(metrics::Registry& registry) {
  return registry.counter(
      {"hearth_client_disconnects_total", "Clients that left before their answer ended"});
}

}  // namespace hearth::api
