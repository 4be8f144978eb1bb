#include "api/core/reply.h"

#include "api/core/errors.h"

namespace hearth::api {

asio::awaitable<void> send_json(net::HttpExchange& exchange, std::string body) {
  // A client that has gone is the connection's affair; there is nobody left to tell.
  (void)co_await exchange.respond(200, kJsonType, std::move(body));
}

void name_ignored(net::HttpExchange& exchange, const std::vector<std::string>& fields) {
  std::string names;
  for (const std::string& field : fields)
    names += (names.empty() ? "" : ", ") + field;
  if (!names.empty()) exchange.add_header("X-Hearth-Ignored", std::move(names));
}

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error, std::string param) {
  const ErrorShape shape = shape_of(error.code);
  if (shape.retry_after_s > 0) {
    exchange.add_header("Retry-After", std::to_string(shape.retry_after_s));
  }
  std::string body = error_body(error, param);
  (void)co_await exchange.respond(shape.status, kJsonType, std::move(body));
}

}  // namespace hearth::api
