// Hearth's own routes: health, metrics, what is loaded, version, shutdown.
//
//   GET  /health, /health/ready     200, or 503 with the reason
//   GET  /health/live               200 as long as the loop turns
//   GET  /metrics                   Prometheus text: the daemon's series and those of its runners
//   GET  /hearth/v1/models          what exists, what it can express, and what is loaded
//   POST /hearth/v1/models/unload   {"model": NAME}
//   POST /hearth/v1/models/pull     {"model": NAME, "digest", "insecure", "stream"}; lines
//   POST /hearth/v1/models/create   {"name", "modelfile" | "from", …}; lines, as the next three
//   POST /hearth/v1/models/import   {"path", "name"}
//   POST /hearth/v1/models/copy     {"from", "to"}
//   POST /hearth/v1/models/verify   {"models": [NAME…]}; without: all
//   POST /hearth/v1/models/remove   {"model": NAME}
//   POST /hearth/v1/models/show     {"model": NAME, "contexts"}: all that is known of it
//   POST /hearth/v1/models/fit      {"context"}: which models suit this machine
//   POST /hearth/v1/models/search   {"words", "limit"}: which ones the hub has
//   POST /hearth/v1/models/collect  {}: removes what no model needs
//   GET  /hearth/v1/stats?model=NAME   what its runner has counted and measured
//   POST /hearth/v1/tokenize        {"model", "text"}, or a chat request to be counted
//   GET  /hearth/v1/neighbours      what a running Ollama has and holds in memory
//   POST /hearth/v1/neighbours/show, /unload   {"model": NAME}, there
//   GET  /hearth/v1/models/events   what becomes of models; server-sent events
//   GET  /hearth/v1/logs?lines=N    the last lines of the log; likewise where that is accepted
//   GET  /hearth/v1/config          the settings, each with its origin
//   GET  /hearth/v1/version
//   POST /hearth/v1/shutdown        from this machine only
//   GET  /tools                     what a model may do here
//   POST /tools/NAME/execute        the arguments, or {"arguments", "approve"}
//
// Everybody may ask for health. With API keys, the others take one whose scope is inference; to
// change what is there or loaded takes manage; the log, the settings, to run a tool and to shut
// down take admin (docs/keys.md).
//
// Ownership: borrows everything; it must outlive the router.
// Threads:   confined to the loop.
#pragma once

#include <string>
#include <string_view>

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
asio::awaitable<void> load_model(Call& call, OwnRoutes parts);
asio::awaitable<void> pin_model(Call& call, OwnRoutes parts, fleet::Pin pin);
asio::awaitable<void> unload_model(Call& call, OwnRoutes parts);
// model_events.cc
asio::awaitable<void> show_model_events(Call& call, OwnRoutes parts);
asio::awaitable<void> remove_model(Call& call, OwnRoutes parts);
asio::awaitable<void> collect_blobs(Call& call, OwnRoutes parts);

// The body {"model": NAME} with nothing else in it.
Result<std::string> read_model_name(std::string_view body);

// neighbours.cc
asio::awaitable<void> show_neighbours(Call& call, OwnRoutes parts);
asio::awaitable<void> show_neighbours_model(Call& call, OwnRoutes parts);
asio::awaitable<void> unload_at_neighbour(Call& call, OwnRoutes parts);

// pull.cc
asio::awaitable<void> pull_model(Call& call, OwnRoutes parts);

// make.cc
asio::awaitable<void> create_model(Call& call, OwnRoutes parts);
asio::awaitable<void> import_model(Call& call, OwnRoutes parts);
asio::awaitable<void> copy_model(Call& call, OwnRoutes parts);

// verify.cc
asio::awaitable<void> verify_models(Call& call, OwnRoutes parts);

// inquiries.cc
asio::awaitable<void> show_model(Call& call, OwnRoutes parts);
asio::awaitable<void> rank_models(Call& call, OwnRoutes parts);
asio::awaitable<void> search_models(Call& call, OwnRoutes parts);

// tokenize.cc
asio::awaitable<void> tokenize(Call& call, OwnRoutes parts);

// logs.cc
asio::awaitable<void> show_log(Call& call, OwnRoutes parts);
asio::awaitable<void> show_config(Call& call, OwnRoutes parts);

// tools.cc
asio::awaitable<void> show_tools(Call& call, OwnRoutes parts);
asio::awaitable<void> execute_tool(Call& call, OwnRoutes parts);

// stats.cc
asio::awaitable<void> show_counts(Call& call, OwnRoutes parts);
asio::awaitable<void> show_metrics(Call& call, OwnRoutes parts);

}  // namespace hearth::api
