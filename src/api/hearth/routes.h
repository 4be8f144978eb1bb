// Hearth's own routes: health, metrics, what is loaded, version, shutdown.
//
//   GET  /health, /health/ready     200, or 503 with the reason
//   GET  /health/live               200 as long as the loop turns
//   GET  /metrics                   Prometheus text: the daemon's series and those of its runners
//   GET  /hearth/v1/models          what exists, what it can express, and what is loaded
//   POST /hearth/v1/models/unload   {"model": NAME}
//   POST /hearth/v1/models/pull     {"model": NAME, "digest", "insecure", "stream"}; lines
//   POST /hearth/v1/models/remove   {"model": NAME}
//   POST /hearth/v1/models/collect  {}: removes what no model needs
//   GET  /hearth/v1/stats?model=NAME   what its runner has counted and measured
//   POST /hearth/v1/tokenize        {"model", "text"}, or a chat request to be counted
//   GET  /hearth/v1/version
//   POST /hearth/v1/shutdown        from this machine only
//
// Ownership: borrows everything; it must outlive the router.
// Threads:   confined to the loop.
#pragma once

#include "api/core/router.h"
#include "api/hearth/control.h"
#include "metrics/registry.h"
#include "provider/provider.h"

namespace hearth::api {

struct OwnRoutes {
  const Control& control;
  provider::Provider& provider;
  const metrics::Registry& registry;
};

void add_own_routes(Router& router, OwnRoutes parts);

// models.cc
asio::awaitable<void> show_loaded(Call& call, OwnRoutes parts);
asio::awaitable<void> unload_model(Call& call, OwnRoutes parts);
asio::awaitable<void> remove_model(Call& call, OwnRoutes parts);
asio::awaitable<void> collect_blobs(Call& call, OwnRoutes parts);

// pull.cc
asio::awaitable<void> pull_model(Call& call, OwnRoutes parts);

// tokenize.cc
asio::awaitable<void> tokenize(Call& call, OwnRoutes parts);

// stats.cc
asio::awaitable<void> show_counts(Call& call, OwnRoutes parts);
asio::awaitable<void> show_metrics(Call& call, OwnRoutes parts);

}  // namespace hearth::api
