// POST /hearth/v1/models/verify: files are read again and held against their digests.
#include <memory>
#include <utility>

#include "api/hearth/installed_body.h"
#include "api/hearth/routes.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

constexpr json::Limits kVerifyLimits{.bytes = 64 * base::kKiB, .depth = 8, .values = 1024};

struct VerifyOrder {
  std::vector<std::string> models;
  Telling telling = Telling::kLines;
};

Result<VerifyOrder> read_order(std::string_view body) {
  const auto document = json::parse(body, kVerifyLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const json::Node root(*document);
  VerifyOrder order;
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key == "stream") {
      order.telling = HEARTH_TRY(read_telling(value));
    } else if (key == "models") {
      for (const json::Node& model : HEARTH_TRY(value.elements()))
        order.models.emplace_back(HEARTH_TRY(model.text()));
    } else {
      return fail(value.wrong("is not a field of this request"));
    }
  }
  return order;
}

std::string progress_line(const store::VerifyProgress& progress) {
  json::Writer json;
  json.open('{').key("status").text("verifying").key("file").text(progress.file_name);
  json.key("number").number(progress.file).key("files").number(progress.files);
  json.key("done_bytes").number(progress.done_bytes);
  json.key("size_bytes").number(progress.size_bytes);
  return json.close('}').take();
}

std::string verified_line(const store::Verified& verified) {
  std::uint64_t damaged = verified.damaged_manifests.size();
  json::Writer json;
  json.open('{').key("status").text("verified").key("files").open('[');
  for (const store::VerifiedFile& file : verified.files) {
    damaged += file.state == store::VerifiedFile::State::kGood ? 0 : 1;
    json.open('{').key("file").text(file.file_name).key("digest").text(file.expected.text());
    json.key("size_bytes").number(file.size_bytes);
    json.key("state").text(store::state_word(file.state)).key("models").open('[');
    for (const std::string& model : file.models)
      json.text(model);
    json.close(']');
    if (!file.problem.empty()) json.key("problem").text(file.problem);
    if (!file.advice.empty()) json.key("advice").text(file.advice);
    json.close('}');
  }
  write_damaged(json.close(']'), verified.damaged_manifests);
  return json.key("damaged").number(damaged).close('}').take();
}

}  // namespace

asio::awaitable<void> verify_models(Call& call, OwnRoutes parts) {
  auto order = read_order(call.exchange.request().body);
  if (!order) {
    std::string param = order.error().context;
    co_await send_error(call.exchange, std::move(order).error(), std::move(param));
    co_return;
  }
  const auto work = std::make_shared<ToldWork>(co_await asio::this_coro::executor);
  VerifyEars ears;
  ears.progress = [work](const store::VerifyProgress& progress) {
    work->tell(progress_line(progress));
  };
  ears.done = [work](const Result<store::Verified>& result) {
    work->end(result.map(verified_line));
  };
  auto leave = parts.control.verify(order->models, std::move(ears));
  if (!leave) {
    Error error = leave.error();
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  const CallOff called_off = *std::move(leave);
  co_await tell_work(call.exchange, work, order->telling, called_off);
}

}  // namespace hearth::api
