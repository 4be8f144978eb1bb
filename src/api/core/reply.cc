#include "api/core/reply.h"

#include "json/parse.h"

namespace hearth::api {

asio::awaitable<void> send_json(net::HttpExchange& exchange, std::string body) {
  // A client that has gone is the connection's affair; there is nobody left to tell.
  (void)co_await exchange.respond(200, kJsonType, std::move(body));
}

asio::awaitable<Result<void>> begin_events(net::HttpExchange& exchange, std::string type) {
  exchange.add_header("Cache-Control", "no-cache");
  exchange.add_header("X-Accel-Buffering", "no");
  co_return co_await exchange.begin_stream(200, std::move(type));
}

void write_arguments(json::Writer& json, const std::string& arguments) {
  const auto value = json::parse(arguments);
  if (value && value->is_object()) {
    json.verbatim(arguments);
    return;
  }
  json.open('{');
  if (!arguments.empty()) json.key("_unparsed").text(arguments);
  json.close('}');
}

void name_ignored(net::HttpExchange& exchange, const std::vector<std::string>& fields) {
  std::string names;
  for (const std::string& field : fields)
    names += (names.empty() ? "" : ", ") + field;
  if (!names.empty()) exchange.add_header("X-Hearth-Ignored", std::move(names));
}

asio::awaitable<void> send_error(net::HttpExchange& exchange, ErrorReply reply) {
  if (reply.retry_after_s > 0) {
    exchange.add_header("Retry-After", std::to_string(reply.retry_after_s));
  }
  (void)co_await exchange.respond(reply.status, kJsonType, std::move(reply.body));
}

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error, std::string param) {
  ErrorReply reply = openai_error(error, param, {});
  co_await send_error(exchange, std::move(reply));
}

}  // namespace hearth::api
