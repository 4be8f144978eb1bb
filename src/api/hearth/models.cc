#include <algorithm>
#include <chrono>
#include <memory>

#include "api/core/capabilities_body.h"
#include "api/core/errors.h"
#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/installed_body.h"
#include "api/hearth/load_wish.h"
#include "api/hearth/routes.h"
#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"
#include "store/holder_words.h"

namespace hearth::api {

namespace {

constexpr json::Limits kUnloadLimits{.bytes = 16 * base::kKiB, .depth = 8, .values = 64};

// What was counted for it and what it holds, by kind. What no file stands for is the KV cache, what
// a step computes with, kept prefixes and the program; weights that are mapped are files.
void write_memory(json::Writer& json, const fleet::RunnerStatus& runner) {
  json.key("planned").open('{').key("weight_bytes").number(runner.planned.weight_bytes);
  json.key("kv_bytes").number(runner.planned.kv_bytes);
  json.key("compute_bytes").number(runner.planned.compute_bytes);
  json.key("program_bytes").number(runner.planned.program_bytes).close('}');
  const std::uint64_t anonymous = std::min(runner.anonymous_bytes, runner.resident_bytes);
  json.key("used").open('{').key("mapped_bytes").number(runner.resident_bytes - anonymous);
  json.key("anonymous_bytes").number(anonymous).close('}');
}

std::int64_t whole_ms(base::Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// The path of the file stays at home: the name says enough.
void write_runner(json::Writer& json, const fleet::RunnerStatus& runner) {
  json.open('{').key("model").text(runner.model);
  json.key("state").text(fleet::state_name(runner.state));
  json.key("runner").text(runner.runner).key("pid").number(std::int64_t{runner.pid});
  json.key("resident_bytes").number(runner.resident_bytes);
  json.key("reserved_bytes").number(runner.reserved_bytes);
  write_memory(json, runner);
  json.key("pinned").boolean(runner.pinned).key("lowered").text(runner.lowered);
  json.key("context").number(runner.context);
  json.key("threads").number(runner.threads);
  json.key("requests_running").number(runner.requests_running);
  json.key("restarts").number(runner.restarts);
  json.key("cpu_wait_ms").number(whole_ms(runner.lease.waited));
  json.key("cpu_wait_longest_ms").number(whole_ms(runner.lease.longest_wait));
  json.key("last_used_ms").number(runner.last_used_ms).close('}');
}

void write_expected(json::Writer& json, const std::vector<fleet::ExpectedStatus>& models) {
  json.key("expected").open('[');
  for (const fleet::ExpectedStatus& model : models) {
    json.open('{').key("model").text(model.model).key("size_bytes").number(model.size_bytes);
    json.key("read_bytes").number(model.read_bytes).close('}');
  }
  json.close(']');
}

bool is_loaded(const provider::ModelEntry& model, const std::vector<fleet::RunnerStatus>& runners) {
  return std::any_of(runners.begin(), runners.end(), [&](const fleet::RunnerStatus& runner) {
    return runner.model == model.name && runner.state == fleet::RunnerStatus::State::kReady;
  });
}

asio::awaitable<void> tell_removal(net::HttpExchange& exchange,
                                   std::shared_ptr<Meeting<store::Removal>> meeting) {
  co_await wait_for(meeting);
  const Result<store::Removal>& removal = *meeting->result;
  if (!removal) {
    co_await send_error(exchange, removal.error());
    co_return;
  }
  json::Writer json;
  json.open('{').key("status").text("removed").key("files").number(removal->blobs);
  json.key("freed_bytes").number(removal->freed_bytes);
  json.key("files_stay").boolean(removal->somebody_fetches);
  if (removal->was_damaged) json.key("was_damaged").boolean(true);
  json.close('}');
  co_await send_json(exchange, json.take());
}

asio::awaitable<void> tell_status(Call& call, Result<void> done, std::string status) {
  if (!done) {
    co_await send_error(call.exchange, done.error());
    co_return;
  }
  json::Writer json;
  json.open('{').key("model").text(call.note.model).key("status").text(status).close('}');
  co_await send_json(call.exchange, json.take());
}

Result<std::string> model_of(const Call& call) {
  std::string model = HEARTH_TRY(read_model_name(call.exchange.request().body));
  HEARTH_TRY(check_model(model, call.caller));
  return model;
}

Result<LoadWish> load_wish_of(const Call& call) {
  LoadWish wish = HEARTH_TRY(read_load_wish(call.exchange.request().body));
  HEARTH_TRY(check_model(wish.model, call.caller));
  for (const std::string& model : wish.then.value_or(std::vector<std::string>()))
    HEARTH_TRY(check_model(model, call.caller));
  return wish;
}

}  // namespace

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

asio::awaitable<void> show_loaded(Call& call, OwnRoutes parts) {
  const std::vector<fleet::RunnerStatus> runners = parts.control.status();
  json::Writer json;
  json.open('{').key("models").open('[');
  for (const provider::ModelEntry& model : parts.provider.models()) {
    json.open('{').key("name").text(model.name).key("size_bytes").number(model.size_bytes);
    json.key("modified_ms").number(model.modified_ms);
    json.key("built_in").boolean(model.built_in);
    json.key("held_by").text(store::holder_word(model.holder));
    json.key("loaded").boolean(is_loaded(model, runners)).key("capabilities");
    write_capabilities(json, model.capabilities);
    json.close('}');
  }
  json.close(']').key("loaded").open('[');
  for (const fleet::RunnerStatus& runner : runners)
    write_runner(json, runner);
  const fleet::MemoryUse memory = parts.control.memory();
  json.close(']').key("memory").open('{').key("budget_bytes").number(memory.budget_bytes);
  json.key("reserved_bytes").number(memory.reserved_bytes).close('}');
  const fleet::WaitingUse waiting = parts.control.waiting();
  json.key("waiting").open('{').key("requests").number(waiting.requests);
  json.key("requests_max").number(waiting.limits.requests).key("bytes").number(waiting.bytes);
  json.key("bytes_max").number(waiting.limits.bytes).close('}');
  json.key("heat").text(fleet::heat_name(parts.control.heat()));
  write_expected(json, parts.control.expected());
  write_damaged(json, parts.control.damaged());
  json.close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> unload_model(Call& call, OwnRoutes parts) {
  const auto model = model_of(call);
  if (!model) {
    co_await send_error(call.exchange, model.error(), model.error().context);
    co_return;
  }
  call.note.model = *model;
  const auto meeting = std::make_shared<Meeting<void>>(co_await asio::this_coro::executor);
  parts.control.unload(*model, arrive_at(meeting));
  co_await wait_for(meeting);
  co_await tell_status(call, *meeting->result, "unloaded");
}

asio::awaitable<void> load_model(Call& call, OwnRoutes parts) {
  const auto wish = load_wish_of(call);
  if (!wish) {
    co_await send_error(call.exchange, wish.error(), wish.error().context);
    co_return;
  }
  call.note.model = wish->model;
  const auto meeting = std::make_shared<Meeting<void>>(co_await asio::this_coro::executor);
  const auto asked = parts.control.load(*wish, arrive_at(meeting));
  if (!asked) {
    co_await send_error(call.exchange, asked.error(), std::string(kModelField));
    co_return;
  }
  co_await wait_for(meeting);
  co_await tell_status(call, *meeting->result, "loaded");
}

asio::awaitable<void> pin_model(Call& call, OwnRoutes parts, fleet::Pin pin) {
  const auto model = model_of(call);
  if (!model) {
    co_await send_error(call.exchange, model.error(), model.error().context);
    co_return;
  }
  call.note.model = *model;
  const auto pinned = parts.control.pin(*model, pin);
  if (!pinned) {  // the context of its error may be a path
    co_await send_error(call.exchange, pinned.error(), std::string(kModelField));
    co_return;
  }
  co_await tell_status(call, pinned, pin == fleet::Pin::kOn ? "pinned" : "unpinned");
}

asio::awaitable<void> remove_model(Call& call, OwnRoutes parts) {
  const auto model = model_of(call);
  if (!model) {
    co_await send_error(call.exchange, model.error(), model.error().context);
    co_return;
  }
  call.note.model = *model;
  const auto meeting =
      std::make_shared<Meeting<store::Removal>>(co_await asio::this_coro::executor);
  parts.control.remove(*model, arrive_at(meeting));
  co_await tell_removal(call.exchange, meeting);
}

asio::awaitable<void> collect_blobs(Call& call, OwnRoutes parts) {
  const auto meeting =
      std::make_shared<Meeting<store::Removal>>(co_await asio::this_coro::executor);
  parts.control.collect(arrive_at(meeting));
  co_await tell_removal(call.exchange, meeting);
}

}  // namespace hearth::api
