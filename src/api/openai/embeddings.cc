#include "api/openai/embeddings.h"

#include <utility>

#include "api/core/reply.h"
#include "api/openai/embedding_request.h"
#include "api/openai/field_names.h"

namespace hearth::api::openai {

namespace {

asio::awaitable<void> send_pieces(net::HttpExchange& exchange, EmbeddingBody body) {
  std::string piece = body.next();
  if (body.done()) {
    co_await send_json(exchange, std::move(piece));
    co_return;
  }
  Result<void> sent = co_await exchange.begin_stream(200, kJsonType);
  while (sent) {
    sent = co_await exchange.write(piece);
    if (!sent || body.done()) break;
    piece = body.next();
  }
  if (sent) (void)co_await exchange.end_stream();
}

}  // namespace

asio::awaitable<void> embed(Call& call, Vectors& vectors) {
  auto parsed = parse_embedding_call(call.exchange.request().body);
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, std::move(parsed).error(), std::move(param));
    co_return;
  }
  name_ignored(call.exchange, parsed->ignored);
  std::string model = parsed->request.model;
  auto made = co_await vectors.make(call, std::move(parsed->request));
  if (!made) co_return;  // the client has gone
  if (!*made) {
    Error error = made->error();
    std::string param = field_at_fault(error, {});
    co_await send_error(call.exchange, std::move(error), std::move(param));
    co_return;
  }
  EmbeddingBody body(std::move(model), **std::move(made), parsed->encoding);
  co_await send_pieces(call.exchange, std::move(body));
}

}  // namespace hearth::api::openai
