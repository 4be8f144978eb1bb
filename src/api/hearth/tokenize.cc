// How many tokens something has, and which. It waits for no answer that is being written.
#include <memory>

#include "api/core/errors.h"
#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "api/hearth/tokenize_request.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

std::string write_tokens(const chat::TokenizeRequest& asked, const chat::Tokens& tokens) {
  json::Writer json;
  json.open('{').key("model").text(asked.model).key("count").number(tokens.count);
  if (asked.result == chat::TokenizeRequest::Result::kTokens) {
    json.key("tokens").open('[');
    for (const std::int32_t id : tokens.ids)
      json.number(id);
    json.close(']');
  }
  return json.close('}').take();
}

}  // namespace

asio::awaitable<void> tokenize(Call& call, OwnRoutes parts) {
  auto parsed = parse_tokenize_request(call.exchange.request().body);
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, std::move(parsed).error(), std::move(param));
    co_return;
  }
  chat::TokenizeRequest& request = parsed->request;
  call.note.model = request.model;
  auto is_his = check_model(request.model, call.caller);
  if (!is_his) {
    co_await send_error(call.exchange, std::move(is_his).error(), std::string(kModelField));
    co_return;
  }
  if (request.conversation) request.conversation->id = call.request_id;
  const auto meeting = std::make_shared<Meeting<chat::Tokens>>(co_await asio::this_coro::executor);
  co_await attend(meeting, call.exchange, parts.provider.tokenize(request, arrive_at(meeting)));
  if (call.exchange.disconnected()) co_return;
  if (!*meeting->result) {
    Error error = meeting->result->error();
    std::string param = openai::field_at_fault(error, parsed->names);
    co_await send_error(call.exchange, std::move(error), std::move(param));
    co_return;
  }
  co_await send_json(call.exchange, write_tokens(request, **meeting->result));
}

}  // namespace hearth::api
