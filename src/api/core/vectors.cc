#include "api/core/vectors.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/core/client_metrics.h"
#include "api/core/meeting.h"
#include "chat/request_part.h"

namespace hearth::api {

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

}  // namespace

Vectors::Vectors(provider::Provider& provider, metrics::Registry& registry)
    : provider_(provider),
      tokens_(registry.counter({"hearth_embedded_tokens_total", "Tokens made into vectors"})),
      disconnects_(client_disconnects(registry)) {}

asio::awaitable<std::optional<Result<chat::Embeddings>>> Vectors::make(Call& call,
                                                                       chat::EmbedRequest request) {
  play(call.role, request);
  call.note.model = request.model;
  const auto is_his = sign(request, call.caller);
  if (!is_his) co_return std::optional<Result<chat::Embeddings>>(fail(is_his.error()));
  const auto meeting =
      std::make_shared<Meeting<chat::Embeddings>>(co_await asio::this_coro::executor);
  const std::size_t inputs = request.inputs();
  CallOff call_off = provider_.embed(std::move(request), arrive_at(meeting));
  CallOff leave = [call_off = std::move(call_off), &disconnects = disconnects_] {
    disconnects.add();
    call_off();
  };
  co_await attend(meeting, call.exchange, std::move(leave));
  if (call.exchange.disconnected()) co_return std::nullopt;
  Result<chat::Embeddings> made = checked(*std::move(meeting->result), inputs);
  if (made) {
    tokens_.add(made->prompt_tokens);
    call.note.prompt_tokens = made->prompt_tokens;
  }
  co_return std::optional<Result<chat::Embeddings>>(std::move(made));
}

}  // namespace hearth::api
