// Every request passes here: it is checked by the guard, finds its route, and is counted, timed and
// noted in the audit log. Routes are few and fixed at start, so a walk over them is enough.
//
// Ownership: borrows the registry and the audit log.
// Threads:   confined to the loop; routes are added before the first request.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "api/core/audit_log.h"
#include "api/core/errors.h"
#include "api/core/guard.h"
#include "metrics/registry.h"
#include "net/http_exchange.h"

namespace hearth::api {

namespace asio = boost::asio;

struct Call {
  net::HttpExchange& exchange;
  std::string request_id;
  std::string rest;  // what stands for '*' in the route's path
  AuditNote note = {};
};

using RouteHandler = std::function<asio::awaitable<void>(Call&)>;

class Router {
 public:
  // Nothing is noted without `audit`.
  Router(Guard guard, metrics::Registry& registry, AuditLog* audit);

  // "/v1/models/*" takes every path below, with at least one more character. A GET route also
  // answers HEAD.
  // What is refused before the handler is said in the route's dialect.
  void add(std::string method, std::string path, RouteHandler handler,
           ErrorDialect errors = openai_error);

  asio::awaitable<void> handle(net::HttpExchange& exchange);
  // What to say to a request that is no valid request.
  net::RefusalReply refuse(const net::Refusal& refusal);

 private:
  struct Route {
    std::string method;
    std::string path;
    RouteHandler handler;
    ErrorDialect errors;
  };

  asio::awaitable<void> dispatch(const Route* route, Call& call);
  asio::awaitable<void> send_no_route(net::HttpExchange& exchange);
  const Route* find(const net::HttpRequest& request) const;
  std::string allowed_methods(std::string_view path) const;
  void count(std::string_view route, int status, double seconds);

  Guard guard_;
  metrics::Registry& registry_;
  AuditLog* audit_;
  std::vector<Route> routes_;
};

}  // namespace hearth::api
