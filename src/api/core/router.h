// Every request passes here: it is checked by the guard, finds its route, has to be let in by the
// keys, and is counted, timed and noted in the audit log. Routes are few and fixed at start, so a
// walk over them is enough.
//
// Ownership: borrows the registry and the audit log.
// Threads:   confined to the loop; routes are added before the first request.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "access/inbound_key.h"
#include "api/core/admission.h"
#include "api/core/audit_log.h"
#include "api/core/errors.h"
#include "api/core/guard.h"
#include "api/core/role.h"
#include "metrics/registry.h"
#include "net/body_taker.h"
#include "net/http_exchange.h"

namespace hearth::api {

namespace asio = boost::asio;

struct Call {
  net::HttpExchange& exchange;
  std::string request_id;
  std::string rest;  // what stands for '*' in the route's path
  AuditNote note = {};
  Caller caller = {};
  // Whether who asked would be let in still: for streams that have no end of their own.
  std::function<bool()> is_welcome = [] { return true; };
  const Role* role = nullptr;  // of the port that it came to; null where that has none
  std::optional<std::string> rewritten = {};  // what stands in for the body that was sent

  const std::string& body() const { return rewritten ? *rewritten : exchange.request().body; }
};

// What it takes to use a route; nothing where everybody may.
using RouteScope = std::optional<access::Scope>;
inline constexpr RouteScope kEverybody = std::nullopt;

// In whose words a request is refused that comes to no handler.
using Dialects = std::function<Dialect(const net::HttpRequest& request)>;

using RouteHandler = std::function<asio::awaitable<void>(Call&)>;
// Who takes the body of a request that may be too large for memory; `rest` as in Call.
using RouteTaker = std::function<std::shared_ptr<net::BodyTaker>(std::string_view rest)>;

class Router {
 public:
  // Nothing is noted without `audit`. Without `keys` everybody is let in, who passes the guard.
  Router(Guard guard, metrics::Registry& registry, AuditLog* audit, Keys keys = {});

  // "/v1/models/*" takes every path below, with at least one more character. A GET route also
  // answers HEAD.
  void add(std::string method, std::string path, RouteHandler handler,
           RouteScope scope = access::Scope::kInference);
  // REQUIRES: the route was added. Only who would be let in is taken anything from.
  void take_bodies(std::string_view method, std::string_view path, RouteTaker taker);
  // OpenAI's are everybody's otherwise.
  void set_dialects(Dialects dialects) { dialects_ = std::move(dialects); }
  // No port has a role otherwise.
  void set_roles(Roles roles) { roles_ = std::move(roles); }

  struct RouteFacts {
    std::string method;
    std::string path;
    RouteScope scope;
  };
  std::vector<RouteFacts> routes() const;

  asio::awaitable<void> handle(net::HttpExchange& exchange);
  // A net::BodyTakers.
  std::shared_ptr<net::BodyTaker> taker_of(const net::HttpRequest& head) const;
  // What to say to a request that is no valid request.
  net::RefusalReply refuse(const net::Refusal& refusal);

 private:
  struct Route {
    RouteFacts facts;
    RouteHandler handler;
    RouteTaker taker = nullptr;
  };

  asio::awaitable<void> dispatch(const Route* route, Call& call);
  asio::awaitable<void> send_no_route(net::HttpExchange& exchange);
  // Whether the keys let the call in; otherwise it has been answered.
  asio::awaitable<bool> pass_keys(const Route& route, Call& call);
  Dialect dialect_of(const net::HttpRequest& request) const;
  const Route* find(const net::HttpRequest& request) const;
  std::string allowed_methods(std::string_view path) const;
  void count(std::string_view route, int status, double seconds);

  Guard guard_;
  metrics::Registry& registry_;
  AuditLog* audit_;
  const Keys keys_;
  std::vector<Route> routes_;
  Dialects dialects_;
  Roles roles_;
};

}  // namespace hearth::api
