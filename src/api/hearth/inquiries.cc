// POST /hearth/v1/models/show, /fit and /search: what is known of models, without using them.
#include <limits>
#include <memory>
#include <utility>

#include "api/core/errors.h"
#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "api/hearth/sheet_body.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

constexpr json::Limits kLimits{.bytes = 16 * base::kKiB, .depth = 8, .values = 64};
constexpr std::int64_t kContextMost = 16 * 1024 * 1024;

Result<std::uint32_t> read_context(const json::Node& node) {
  return static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kContextMost)));
}

Result<ShowWish> read_show(const json::Node& root) {
  ShowWish wish;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key == "model") {
      wish.model = HEARTH_TRY(value.text());
    } else if (key == "contexts") {
      for (const json::Node& context : HEARTH_TRY(value.elements()))
        wish.contexts.push_back(HEARTH_TRY(read_context(context)));
      if (wish.contexts.size() > fleet::kAskedContextsMax)
        return fail(value.wrong("has too many contexts"));
    } else {
      return fail(value.wrong("is not a field of this request"));
    }
  }
  HEARTH_TRY(root.require("model"));
  return wish;
}

Result<std::uint32_t> read_fit(const json::Node& root) {
  std::uint32_t context = 0;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key != "context") return fail(value.wrong("is not a field of this request"));
    context = HEARTH_TRY(read_context(value));
  }
  return context;
}

Result<store::HubSearch> read_search(const json::Node& root) {
  store::HubSearch wish;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key == "words") {
      wish.words = HEARTH_TRY(value.text());
    } else if (key == "limit") {
      wish.limit = static_cast<std::uint32_t>(HEARTH_TRY(value.integer(1, store::kSearchLimitMax)));
    } else {
      return fail(value.wrong("is not a field of this request"));
    }
  }
  HEARTH_TRY(root.require("words"));
  return wish;
}

template <typename Wish>
Result<Wish> read_body(std::string_view body, Result<Wish> (*read)(const json::Node&)) {
  const auto document = json::parse(body, kLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const json::Node root(*document);
  return read(root);
}

std::string search_body(const std::vector<store::FoundModel>& models) {
  json::Writer json;
  json.open('{').key("models").open('[');
  for (const store::FoundModel& model : models) {
    json.open('{').key("name").text(model.name).key("downloads").number(model.downloads);
    json.key("likes").number(model.likes).key("updated").text(model.updated);
    json.key("gated").boolean(model.gated).close('}');
  }
  return json.close(']').close('}').take();
}

template <typename T>
asio::awaitable<void> tell(net::HttpExchange& exchange, std::shared_ptr<Meeting<T>> meeting,
                           std::function<std::string(const T&)> body) {
  co_await wait_for(meeting);
  if (*meeting->result) {
    co_await send_json(exchange, body(**meeting->result));
  } else {
    co_await send_error(exchange, meeting->result->error());
  }
}

}  // namespace

asio::awaitable<void> show_model(Call& call, OwnRoutes parts) {
  const auto wish = read_body(call.exchange.request().body, &read_show);
  if (!wish) {
    co_await send_error(call.exchange, wish.error(), wish.error().context);
    co_return;
  }
  call.note.model = wish->model;
  auto is_his = check_model(wish->model, call.caller);
  if (!is_his) {
    co_await send_error(call.exchange, std::move(is_his).error(), std::string(kModelField));
    co_return;
  }
  const bool same_user = call.exchange.request().peer_kind == net::PeerKind::kSameUser;
  const Paths paths = same_user ? Paths::kTold : Paths::kKept;
  const auto meeting =
      std::make_shared<Meeting<fleet::ModelSheet>>(co_await asio::this_coro::executor);
  parts.control.inquiries.show(*wish, arrive_at(meeting));
  std::function<std::string(const fleet::ModelSheet&)> body =
      [paths](const fleet::ModelSheet& sheet) { return sheet_body(sheet, paths); };
  co_await tell(call.exchange, meeting, std::move(body));
}

asio::awaitable<void> rank_models(Call& call, OwnRoutes parts) {
  const auto context = read_body(call.exchange.request().body, &read_fit);
  if (!context) {
    co_await send_error(call.exchange, context.error(), context.error().context);
    co_return;
  }
  const auto meeting =
      std::make_shared<Meeting<fleet::FitList>>(co_await asio::this_coro::executor);
  parts.control.inquiries.fit(*context, arrive_at(meeting));
  std::function<std::string(const fleet::FitList&)> body = &fit_body;
  co_await tell(call.exchange, meeting, std::move(body));
}

asio::awaitable<void> search_models(Call& call, OwnRoutes parts) {
  using Found = std::vector<store::FoundModel>;
  const auto wish = read_body(call.exchange.request().body, &read_search);
  if (!wish) {
    co_await send_error(call.exchange, wish.error(), wish.error().context);
    co_return;
  }
  const auto meeting = std::make_shared<Meeting<Found>>(co_await asio::this_coro::executor);
  CallOff leave = parts.control.inquiries.search(*wish, arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(leave));
  std::function<std::string(const Found&)> body = &search_body;
  co_await tell(call.exchange, meeting, std::move(body));
}

}  // namespace hearth::api
