#include <algorithm>
#include <memory>
#include <optional>

#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "net/signal.h"
#include "net/target.h"

namespace hearth::api {

namespace {

constexpr json::Limits kUnloadLimits{.bytes = 16 * base::kKiB, .depth = 8, .values = 64};

// The path of the file stays at home: the name says enough.
void write_runner(json::Writer& json, const fleet::RunnerStatus& runner) {
  json.open('{').key("model").text(runner.model);
  json.key("state").text(fleet::state_name(runner.state));
  json.key("runner").text(runner.runner).key("pid").number(std::int64_t{runner.pid});
  json.key("resident_bytes").number(runner.resident_bytes);
  json.key("context").number(runner.context);
  json.key("requests_running").number(runner.requests_running);
  json.key("restarts").number(runner.restarts);
  json.key("last_used_ms").number(runner.last_used_ms).close('}');
}

bool is_loaded(const provider::ModelEntry& model, const std::vector<fleet::RunnerStatus>& runners) {
  return std::any_of(runners.begin(), runners.end(), [&](const fleet::RunnerStatus& runner) {
    return runner.model == model.name && runner.state == fleet::RunnerStatus::State::kReady;
  });
}

Result<std::string> read_model_name(std::string_view body) {
  const auto document = json::parse(body, kUnloadLimits);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const json::Node root(*document);
  for (const auto& [key, value] : HEARTH_TRY(root.members())) {
    if (key != "model") return fail(value.wrong("is not a field of this request"));
  }
  const json::Node model = HEARTH_TRY(root.require("model"));
  return std::string(HEARTH_TRY(model.text()));
}

// Where a callback and a coroutine meet; the callback may come after the coroutine has ended.
template <typename T>
struct Meeting {
  explicit Meeting(const asio::any_io_executor& executor) : done(executor) {}
  net::Signal done;
  std::optional<Result<T>> result;
};

template <typename T>
std::function<void(Result<T>)> arrive_at(const std::shared_ptr<Meeting<T>>& meeting) {
  return [meeting](Result<T> result) {
    meeting->result = std::move(result);
    meeting->done.notify();
  };
}

std::string write_counts(const std::string& model, const fleet::RunnerCounts& counts) {
  json::Writer json;
  json.open('{').key("model").text(model);
  json.key("requests_started").number(counts.requests_started);
  json.key("requests_finished").number(counts.requests_finished);
  json.key("requests_cancelled").number(counts.requests_cancelled);
  json.key("requests_failed").number(counts.requests_failed);
  json.key("steps").number(counts.steps).key("steps_aborted").number(counts.steps_aborted);
  json.key("prompt_tokens").number(counts.prompt_tokens);
  json.key("completion_tokens").number(counts.completion_tokens);
  json.key("running").number(counts.running).key("waiting").number(counts.waiting);
  json.key("kv_tokens_used").number(counts.kv_tokens_used);
  json.key("resident_bytes").number(counts.resident_bytes).close('}');
  return json.take();
}

}  // namespace

asio::awaitable<void> show_loaded(Call& call, OwnRoutes parts) {
  const std::vector<fleet::RunnerStatus> runners = parts.control.status();
  json::Writer json;
  json.open('{').key("models").open('[');
  for (const provider::ModelEntry& model : parts.provider.models()) {
    json.open('{').key("name").text(model.name).key("size_bytes").number(model.size_bytes);
    json.key("modified_ms").number(model.modified_ms);
    json.key("loaded").boolean(is_loaded(model, runners)).close('}');
  }
  json.close(']').key("loaded").open('[');
  for (const fleet::RunnerStatus& runner : runners)
    write_runner(json, runner);
  json.close(']').close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> unload_model(Call& call, OwnRoutes parts) {
  auto model = read_model_name(call.exchange.request().body);
  if (!model) {
    std::string param = model.error().context;
    co_await send_error(call.exchange, std::move(model).error(), std::move(param));
    co_return;
  }
  const auto meeting = std::make_shared<Meeting<void>>(co_await asio::this_coro::executor);
  parts.control.unload(*model, arrive_at(meeting));
  while (!meeting->result)
    co_await meeting->done.wait_until(net::kNever);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  json::Writer json;
  json.open('{').key("model").text(*model).key("status").text("unloaded").close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> show_counts(Call& call, OwnRoutes parts) {
  const std::string model = net::query_value(call.exchange.request().query, "model");
  const auto meeting =
      std::make_shared<Meeting<fleet::RunnerCounts>>(co_await asio::this_coro::executor);
  parts.control.counts(model, arrive_at(meeting));
  while (!meeting->result)
    co_await meeting->done.wait_until(net::kNever);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  co_await send_json(call.exchange, write_counts(model, **meeting->result));
}

}  // namespace hearth::api
