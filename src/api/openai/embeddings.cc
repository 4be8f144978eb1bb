#include "api/openai/embeddings.h"

#include <functional>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/core/client_metrics.h"
#include "api/core/errors.h"
#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/openai/embedding_request.h"
#include "api/openai/field_names.h"

namespace hearth::api::openai {

namespace {

// What comes out of a runner is not believed.
Result<chat::Embeddings> checked(Result<chat::Embeddings> made, std::size_t inputs) {
  if (!made || (made->dimensions > 0 && made->values.size() == inputs * made->dimensions)) {
    return made;
  }
  return fail(Code::kInternal,
              fmt::format("the model made {} numbers of {} dimensions for {} inputs",
                          made->values.size(), made->dimensions, inputs));
}

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

Embeddings::Embeddings(provider::Provider& provider, metrics::Registry& registry)
    : provider_(provider),
      tokens_(registry.counter({"hearth_embedded_tokens_total", "Tokens made into vectors"})),
      disconnects_(client_disconnects(registry)) {}

asio::awaitable<void> Embeddings::handle(Call& call) {
  auto parsed = parse_embedding_call(call.exchange.request().body);
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, std::move(parsed).error(), std::move(param));
    co_return;
  }
  auto is_his = check_model(parsed->request.model, call.caller);
  if (!is_his) {
    co_await send_error(call.exchange, std::move(is_his).error(), std::string(kModelField));
    co_return;
  }
  name_ignored(call.exchange, parsed->ignored);
  const auto meeting =
      std::make_shared<Meeting<chat::Embeddings>>(co_await asio::this_coro::executor);
  std::string model = parsed->request.model;
  call.note.model = model;
  const std::size_t inputs = parsed->request.inputs();
  CallOff call_off = provider_.embed(std::move(parsed->request), arrive_at(meeting));
  CallOff leave = [call_off = std::move(call_off), &disconnects = disconnects_] {
    disconnects.add();
    call_off();
  };
  co_await attend(meeting, call.exchange, std::move(leave));
  if (call.exchange.disconnected()) co_return;
  auto made = checked(*std::move(meeting->result), inputs);
  if (!made) {
    Error error = std::move(made).error();
    std::string param = field_at_fault(error, {});
    co_await send_error(call.exchange, std::move(error), std::move(param));
    co_return;
  }
  tokens_.add(made->prompt_tokens);
  call.note.prompt_tokens = made->prompt_tokens;
  EmbeddingBody body(std::move(model), *std::move(made), parsed->encoding);
  co_await send_pieces(call.exchange, std::move(body));
}

}  // namespace hearth::api::openai
