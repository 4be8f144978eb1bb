#include "api/ollama/models.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "api/core/reply.h"
#include "api/core/time_text.h"
#include "api/ollama/model_details.h"
#include "api/ollama/names.h"
#include "api/ollama/request_fields.h"
#include "api/ollama/show_body.h"
#include "api/ollama/wish_fields.h"
#include "json/writer.h"

namespace hearth::api::ollama {

namespace {

// What Ollama tells of a model that stays for ever.
constexpr const char* kNeverLeaves = "2318-01-01T00:00:00Z";

void write_names(json::Writer& json, const std::string& name) {
  json.key("name").text(shown_name(name)).key("model").text(shown_name(name));
}

void write_words(json::Writer& json, const Details& details) {
  json.key("capabilities").open('[');
  for (const std::string& word : details.capabilities)
    json.text(word);
  json.close(']');
}

provider::ModelEntry entry_of(const std::vector<provider::ModelEntry>& models,
                              const fleet::RunnerStatus& runner) {
  const auto found =
      std::find_if(models.begin(), models.end(),
                   [&](const provider::ModelEntry& model) { return model.name == runner.model; });
  if (found != models.end()) return *found;
  provider::ModelEntry entry;  // a file that was named by its path, or is gone
  entry.name = runner.model;
  return entry;
}

}  // namespace

asio::awaitable<void> list_models(Call& call, Parts parts) {
  json::Writer json;
  json.open('{').key("models").open('[');
  const std::vector<provider::ModelEntry> models = parts.provider.models();
  for (const provider::ModelEntry& model : models) {
    const Details details = co_await parts.details.find(model);
    json.open('{');
    write_names(json, model.name);
    json.key("modified_at").text(time_text(model.modified_ms));
    json.key("size").number(model.size_bytes).key("digest").text(digest_of(model));
    write_details(json, details);
    write_words(json, details);
    json.close('}');
  }
  json.close(']').close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> list_loaded(Call& call, Parts parts) {
  json::Writer json;
  json.open('{').key("models").open('[');
  const std::vector<provider::ModelEntry> models = parts.provider.models();
  const std::vector<fleet::RunnerStatus> runners = parts.control.status();
  for (const fleet::RunnerStatus& runner : runners) {
    if (runner.state != fleet::RunnerStatus::State::kReady) continue;
    const provider::ModelEntry entry = entry_of(models, runner);
    const Details details = co_await parts.details.find(entry);
    json.open('{');
    write_names(json, runner.model);
    json.key("size").number(std::max(runner.resident_bytes, runner.reserved_bytes));
    json.key("digest").text(digest_of(entry));
    write_details(json, details);
    json.key("expires_at")
        .text(runner.leaves_ms == 0 ? std::string(kNeverLeaves) : time_text(runner.leaves_ms));
    json.key("size_vram").number(0).key("context_length").number(runner.context).close('}');
  }
  json.close(']').close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> show_model(Call& call, Parts parts) {
  auto wish = read_show(call.exchange.request().body);
  if (!wish) {
    co_await send_error(call.exchange, wish.error());
    co_return;
  }
  name_ignored(call.exchange, wish->ignored);
  const std::string model = own_name(wish->model, parts.provider);
  call.note.model = model;
  const auto is_his = check_model(model, call.caller);
  if (!is_his) {
    co_await send_error(call.exchange, is_his.error());
    co_return;
  }
  const auto meeting =
      std::make_shared<Meeting<fleet::ModelSheet>>(co_await asio::this_coro::executor);
  parts.control.inquiries.show({model, {}}, arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error(), wish->model);
    co_return;
  }
  std::string body = show_body(**meeting->result);
  co_await send_json(call.exchange, std::move(body));
}

asio::awaitable<void> tell_version(Call& call) {
  json::Writer json;
  json.open('{').key("version").text(kApiVersion).key("hearth").text(HEARTH_VERSION).close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> say_hello(Call& call) {
  (void)co_await call.exchange.respond(200, "text/plain; charset=utf-8", "Ollama is running");
}

}  // namespace hearth::api::ollama
