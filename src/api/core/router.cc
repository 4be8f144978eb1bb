#include "api/core/router.h"

#include <memory>

#include <fmt/format.h>

#include "access/key_secret.h"
#include "api/core/errors.h"
#include "api/core/reply.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/units.h"

namespace hearth::api {

namespace {

constexpr std::string_view kNoRoute = "none";
constexpr std::size_t kShownPathBytes = 200;
// Nobody is sent this one: it is what logs and counters call a client that did not wait.
constexpr int kClientClosedRequest = 499;

// What stands for '*'; the empty text when the path matches as it is.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  if (!pattern.ends_with('*')) {
    return pattern == path ? std::optional<std::string_view>("") : std::nullopt;
  }
  const std::string_view stem = pattern.substr(0, pattern.size() - 1);
  if (!path.starts_with(stem) || path.size() == stem.size()) return std::nullopt;
  return path.substr(stem.size());
}

// Of whom nothing is taken: a little is thrown away, so that the handler says why, and who sends
// more hears it at once.
class Refuser final : public net::BodyTaker {
 public:
  explicit Refuser(Error why) : why_(std::move(why)) {}

  asio::awaitable<Result<void>> take(std::string piece) override {
    bytes_ += piece.size();
    if (bytes_ <= kRefusedBytes) co_return Result<void>();
    co_return fail(Error(why_));
  }

 private:
  static constexpr std::size_t kRefusedBytes = base::kMiB;

  const Error why_;
  std::size_t bytes_ = 0;
};

}  // namespace

Router::Router(Guard guard, metrics::Registry& registry, AuditLog* audit, Keys keys)
    : guard_(std::move(guard)), registry_(registry), audit_(audit), keys_(std::move(keys)) {}

void Router::add(std::string method, std::string path, RouteHandler handler, RouteScope scope) {
  routes_.push_back({{std::move(method), std::move(path), scope}, std::move(handler)});
}

void Router::take_bodies(std::string_view method, std::string_view path, RouteTaker taker) {
  for (Route& route : routes_) {
    if (route.facts.method == method && route.facts.path == path) route.taker = taker;
  }
}

std::shared_ptr<net::BodyTaker> Router::taker_of(const net::HttpRequest& head) const {
  const Route* const route = find(head);
  if (route == nullptr || !route->taker) return nullptr;
  Result<void> expected = guard_.check(head);
  const bool asks_keys = keys_.admit && route->facts.scope;
  if (expected && asks_keys) expected = expect(keys_, head, *route->facts.scope);
  if (!expected) return std::make_shared<Refuser>(std::move(expected).error());
  return route->taker(*match(route->facts.path, head.path));
}

std::vector<Router::RouteFacts> Router::routes() const {
  std::vector<RouteFacts> facts;
  for (const Route& route : routes_)
    facts.push_back(route.facts);
  return facts;
}

const Router::Route* Router::find(const net::HttpRequest& request) const {
  const std::string_view sent = request.method;
  const std::string_view method = sent == "HEAD" ? "GET" : sent;
  for (const Route& route : routes_) {
    const RouteFacts& facts = route.facts;
    if (facts.method == method && match(facts.path, request.path)) return &route;
  }
  return nullptr;
}

std::string Router::allowed_methods(std::string_view path) const {
  std::string methods;
  for (const Route& route : routes_) {
    if (!match(route.facts.path, path)) continue;
    if (!methods.empty()) methods += ", ";
    methods += route.facts.method == "GET" ? "GET, HEAD" : route.facts.method;
  }
  return methods;
}

asio::awaitable<void> Router::handle(net::HttpExchange& exchange) {
  const base::TimePoint begin = base::system_clock().now();
  const net::HttpRequest& request = exchange.request();
  const std::int64_t wall_ms = base::system_clock().wall_ms();
  Call call{exchange, request.id, ""};
  if (roles_) call.role = roles_(request.port);
  const Route* route = find(request);
  if (const char* const header = dialect_of(request).id_header)
    exchange.add_header(header, call.request_id);
  co_await dispatch(route, call);

  const double seconds = base::to_ms(base::system_clock().now() - begin) / 1000;
  const int unanswered = exchange.disconnected() ? kClientClosedRequest : 500;
  const int status = exchange.answered() ? exchange.status() : unanswered;
  count(route != nullptr ? std::string_view(route->facts.path) : kNoRoute, status, seconds);
  log::write(request.method == "GET" ? log::Level::kDebug : log::Level::kInfo, "request",
             {{"request_id", access::without_secrets(call.request_id)},
              {"method", request.method},
              {"path", access::without_secrets(request.path).substr(0, kShownPathBytes)},
              {"status", status},
              {"seconds", seconds}});
  if (audit_ != nullptr)
    audit_->note({wall_ms, request, call.note, status, seconds, call.caller.key_id});
}

asio::awaitable<void> Router::dispatch(const Route* route, Call& call) {
  const net::HttpRequest& request = call.exchange.request();
  auto allowed = guard_.check(request);
  if (!allowed) {
    ErrorReply reply = dialect_of(request).errors(allowed.error(), {}, call.request_id);
    co_await send_error(call.exchange, std::move(reply));
  } else if (route == nullptr) {
    co_await send_no_route(call.exchange);
  } else {
    const bool passed = co_await pass_keys(*route, call);
    if (!passed) co_return;
    call.rest = std::string(*match(route->facts.path, request.path));
    co_await route->handler(call);
    const AuditNote& note = call.note;
    if (!call.caller.key_id.empty())
      keys_.used(call.caller.key_id,
                 note.prompt_tokens.value_or(0) + note.completion_tokens.value_or(0));
  }
}

asio::awaitable<bool> Router::pass_keys(const Route& route, Call& call) {
  if (!keys_.admit || !route.facts.scope) co_return true;
  const net::HttpRequest& request = call.exchange.request();
  Admission admission = admit(keys_, request, *route.facts.scope);
  call.caller = std::move(admission.caller);
  call.is_welcome = [this, &call, wanted = *route.facts.scope] {
    return is_still_welcome(keys_, call.exchange.request(), call.caller, wanted);
  };
  if (!admission.denial) co_return true;
  const Denial& denial = *admission.denial;
  if (denial.retry_after_s)
    call.exchange.add_header("Retry-After", std::to_string(*denial.retry_after_s));
  if (!denial.challenge.empty()) call.exchange.add_header("WWW-Authenticate", denial.challenge);
  const ErrorDialect errors = dialect_of(request).errors;
  ErrorReply reply = errors(denial.error, {}, call.request_id);
  // OpenAI has a word of its own for what is used up.
  if (errors == openai_error) reply.body = denial_body(denial);
  (void)co_await call.exchange.respond(reply.status, kJsonType, std::move(reply.body));
  co_return false;
}

Dialect Router::dialect_of(const net::HttpRequest& request) const {
  return dialects_ ? dialects_(request) : Dialect{};
}

asio::awaitable<void> Router::send_no_route(net::HttpExchange& exchange) {
  const net::HttpRequest& request = exchange.request();
  const std::string path = request.path.substr(0, kShownPathBytes);
  const std::string methods = allowed_methods(request.path);
  const int status = methods.empty() ? 404 : 405;
  std::string message = fmt::format("there is no {} {} here", request.method, path);
  if (!methods.empty()) {
    exchange.add_header("Allow", methods);
    message = fmt::format("{} does not take {}; it takes {}", path, request.method, methods);
  }
  const Dialect dialect = dialect_of(request);
  std::string body;
  if (dialect.refusal != nullptr) {
    body = dialect.refusal(status, make_error(Code::kNotFound, message), request.id);
  } else {
    body = error_body(ErrorView{message, "invalid_request_error",
                                status == 404 ? "unknown_url" : "method_not_allowed", ""});
  }
  (void)co_await exchange.respond(status, kJsonType, std::move(body));
}

net::RefusalReply Router::refuse(const net::Refusal& refusal) {
  count(kNoRoute, refusal.status, 0);
  net::RefusalReply reply;
  reply.content_type = kJsonType;
  const Dialect dialect = dialect_of(refusal.head);
  const Dialect::Refusal say = dialect.refusal != nullptr ? dialect.refusal : openai_refusal;
  reply.body = say(refusal.status, refusal.error, refusal.head.id);
  if (dialect.id_header != nullptr && !refusal.head.id.empty())
    reply.headers.push_back({dialect.id_header, refusal.head.id});
  if (refusal.status == 503) reply.headers.push_back({"Retry-After", "1"});
  return reply;
}

void Router::count(std::string_view route, int status, double seconds) {
  const std::string name(route);
  registry_
      .counter({"hearth_http_requests_total", "Requests answered, by route and status"},
               {{"route", name}, {"status", std::to_string(status)}})
      .add();
  registry_
      .histogram({"hearth_http_request_seconds", "From a whole request to the end of its answer"},
                 {{"route", name}})
      .record(seconds);
}

}  // namespace hearth::api
