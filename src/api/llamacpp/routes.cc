#include "api/llamacpp/routes.h"

#include <utility>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/llamacpp/errors.h"

namespace hearth::api::llamacpp {

namespace {

struct Route {
  const char* method;
  const char* path;
  asio::awaitable<void> (*handler)(Call& call, Parts parts);
};

asio::awaitable<void> refuse_ranking(Call& call, Parts /*parts*/) {
  return send_error(
      call.exchange,
      make_error(Code::kUnimplemented,
                 "no model judges pairs of texts here yet; ask /embedding for vectors "
                 "of the query and of the documents, and rank these by their dot "
                 "product"));
}

asio::awaitable<void> refuse_slots(Call& call, Parts /*parts*/) {
  return send_error(
      call.exchange,
      make_error(Code::kUnimplemented,
                 "there are no slots to save: beginnings of prompts are kept, on disk "
                 "too, without being asked (model.prefix_disk)"));
}

asio::awaitable<void> show_health(Call& call, Parts parts) {
  const auto ready = parts.control.ready();
  if (!ready) {
    co_await send_error(call.exchange, make_error(Code::kUnavailable, ready.error().message));
    co_return;
  }
  co_await send_json(call.exchange, R"({"status":"ok"})");
}

constexpr Route kRoutes[] = {
    {"POST", "/completion", complete},      {"POST", "/completions", complete},
    {"POST", "/infill", fill_gap},          {"POST", "/tokenize", tokenize},
    {"POST", "/detokenize", detokenize},    {"POST", "/apply-template", apply_template},
    {"POST", "/embedding", embed},          {"POST", "/embeddings", embed},
    {"POST", "/rerank", refuse_ranking},    {"POST", "/reranking", refuse_ranking},
    {"POST", "/v1/rerank", refuse_ranking}, {"POST", "/v1/reranking", refuse_ranking},
    {"GET", "/props", show_props},          {"GET", "/slots", show_slots},
    {"POST", "/slots/*", refuse_slots},     {"GET", "/models", list_models},
};

}  // namespace

Result<std::string> model_meant(const Call& call, const Parts& parts, const std::string& named) {
  if (call.role != nullptr) return call.role->model;
  if (!named.empty()) return named;
  return parts.provider.default_model();
}

asio::awaitable<void> send_error(net::HttpExchange& exchange, Error error) {
  ErrorReply reply = error_reply(error, {}, {});
  co_await api::send_error(exchange, std::move(reply));
}

asio::awaitable<std::optional<Result<chat::Tokens>>> ask_tokens(Call& call, Parts parts,
                                                                chat::TokenizeRequest request) {
  call.note.model = request.model;
  const auto is_his = check_model(request.model, call.caller);
  if (!is_his) co_return std::optional<Result<chat::Tokens>>(fail(is_his.error()));
  const auto meeting = std::make_shared<Meeting<chat::Tokens>>(co_await asio::this_coro::executor);
  CallOff call_off = parts.provider.tokenize(std::move(request), arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(call_off));
  if (call.exchange.disconnected()) co_return std::nullopt;
  co_return *std::move(meeting->result);
}

void add_routes(Router& router, Parts parts) {
  for (const Route& route : kRoutes) {
    const auto handler = [parts, run = route.handler](Call& call) { return run(call, parts); };
    router.add(route.method, route.path, handler);
  }
  const auto health = [parts](Call& call) { return show_health(call, parts); };
  router.add("GET", "/v1/health", health, kEverybody);
}

}  // namespace hearth::api::llamacpp
