#include "api/hearth/routes.h"

#include "api/core/reply.h"
#include "json/writer.h"

namespace hearth::api {

using access::Scope;

namespace {

asio::awaitable<void> show_live(Call& call) {
  co_await send_json(call.exchange, R"({"status":"ok"})");
}

asio::awaitable<void> show_ready(Call& call, OwnRoutes parts) {
  auto ready = parts.control.ready();
  if (ready) {
    co_await send_json(call.exchange, R"({"status":"ok"})");
    co_return;
  }
  // Whatever the reason is, a health check must read "not now".
  Error error = make_error(Code::kUnavailable, ready.error().message);
  co_await send_error(call.exchange, std::move(error));
}

asio::awaitable<void> show_version(Call& call, OwnRoutes parts) {
  json::Writer json;
  json.open('{').key("name").text("hearth").key("version").text(HEARTH_VERSION);
  json.key("protocol").number(parts.control.protocol);
  json.key("url").text(parts.control.url()).close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> shut_down(Call& call, OwnRoutes parts) {
  if (call.exchange.request().peer_kind == net::PeerKind::kNetwork) {
    Error error = make_error(Code::kPermissionDenied,
                             "shutdown is for this machine only; run `hearth stop --daemon` there");
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  // First the answer, so that it is not lost with the daemon.
  co_await send_json(call.exchange, R"({"status":"stopping"})");
  parts.control.shutdown();
}

void add_tool_routes(Router& router, OwnRoutes parts) {
  router.add("GET", "/tools", [parts](Call& call) { return show_tools(call, parts); });
  router.add(
      "POST", "/tools/*", [parts](Call& call) { return execute_tool(call, parts); }, Scope::kAdmin);
}

}  // namespace

void add_own_routes(Router& router, OwnRoutes parts) {
  const auto ready = [parts](Call& call) { return show_ready(call, parts); };
  router.add("GET", "/health", ready, kEverybody);
  router.add("GET", "/health/ready", ready, kEverybody);
  router.add("GET", "/health/live", show_live, kEverybody);
  router.add("GET", "/metrics", [parts](Call& call) { return show_metrics(call, parts); });
  router.add("GET", "/hearth/v1/models", [parts](Call& call) { return show_loaded(call, parts); });
  router.add("GET", "/hearth/v1/models/events",
             [parts](Call& call) { return show_model_events(call, parts); });
  router.add("POST", "/hearth/v1/models/show",
             [parts](Call& call) { return show_model(call, parts); });
  router.add("POST", "/hearth/v1/models/fit",
             [parts](Call& call) { return rank_models(call, parts); });
  router.add("POST", "/hearth/v1/models/search",
             [parts](Call& call) { return search_models(call, parts); });
  router.add(
      "POST", "/hearth/v1/models/load", [parts](Call& call) { return load_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/pin",
      [parts](Call& call) { return pin_model(call, parts, fleet::Pin::kOn); }, Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/unpin",
      [parts](Call& call) { return pin_model(call, parts, fleet::Pin::kOff); }, Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/unload", [parts](Call& call) { return unload_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/pull", [parts](Call& call) { return pull_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/create", [parts](Call& call) { return create_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/import", [parts](Call& call) { return import_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/copy", [parts](Call& call) { return copy_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/verify",
      [parts](Call& call) { return verify_models(call, parts); }, Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/remove", [parts](Call& call) { return remove_model(call, parts); },
      Scope::kManage);
  router.add(
      "POST", "/hearth/v1/models/collect",
      [parts](Call& call) { return collect_blobs(call, parts); }, Scope::kManage);
  router.add("GET", "/hearth/v1/stats", [parts](Call& call) { return show_counts(call, parts); });
  router.add("POST", "/hearth/v1/tokenize", [parts](Call& call) { return tokenize(call, parts); });
  router.add("GET", "/hearth/v1/neighbours",
             [parts](Call& call) { return show_neighbours(call, parts); });
  router.add("POST", "/hearth/v1/neighbours/show",
             [parts](Call& call) { return show_neighbours_model(call, parts); });
  router.add(
      "POST", "/hearth/v1/neighbours/unload",
      [parts](Call& call) { return unload_at_neighbour(call, parts); }, Scope::kManage);
  router.add(
      "GET", "/hearth/v1/logs", [parts](Call& call) { return show_log(call, parts); },
      Scope::kAdmin);
  router.add(
      "GET", "/hearth/v1/config", [parts](Call& call) { return show_config(call, parts); },
      Scope::kAdmin);
  add_tool_routes(router, parts);
  router.add("GET", "/hearth/v1/version",
             [parts](Call& call) { return show_version(call, parts); });
  router.add(
      "POST", "/hearth/v1/shutdown", [parts](Call& call) { return shut_down(call, parts); },
      Scope::kAdmin);
}

}  // namespace hearth::api
