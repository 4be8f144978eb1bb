// GET /props, /slots and /models: what llama-server tells of itself and its one model, told of the
// model that is meant.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/core/time_text.h"
#include "api/llamacpp/completion_body.h"
#include "api/llamacpp/routes.h"
#include "json/writer.h"
#include "net/target.h"

namespace hearth::api::llamacpp {

namespace {

using State = fleet::RunnerStatus::State;

constexpr std::uint64_t kAnySeed = 0xFFFFFFFF;  // as llama-server writes it

// What is known of the model that the request means. An error has been sent where there is nothing.
asio::awaitable<std::optional<fleet::ModelSheet>> sheet_of(Call& call, Parts parts) {
  const std::string named = net::query_value(call.exchange.request().query, "model");
  auto model = model_meant(call, parts, named);
  Result<void> allowed;
  if (model) allowed = check_model(*model, call.caller);
  if (!model || !allowed) {
    co_await send_error(call.exchange, model ? allowed.error() : model.error());
    co_return std::nullopt;
  }
  call.note.model = *model;
  const auto meeting =
      std::make_shared<Meeting<fleet::ModelSheet>>(co_await asio::this_coro::executor);
  parts.control.inquiries.show({*std::move(model), {}}, arrive_at(meeting));
  while (!meeting->result)
    co_await meeting->done.wait_until(net::kNever);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return std::nullopt;
  }
  co_return **std::move(meeting->result);
}

// Of one request; what a setting leaves to the model is what it was trained for.
std::uint32_t context_of(const fleet::ModelSheet& sheet) {
  const std::uint32_t trained = sheet.facts.context_trained;
  const std::uint32_t loaded = sheet.state.load.context;
  return loaded == 0 || (trained > 0 && trained < loaded) ? trained : loaded;
}

const fleet::RunnerStatus* find_runner(const std::vector<fleet::RunnerStatus>& runners,
                                       const fleet::ModelSheet& sheet) {
  const auto found = std::find_if(
      runners.begin(), runners.end(),
      [&](const fleet::RunnerStatus& runner) { return runner.path == sheet.state.model.path; });
  return found == runners.end() ? nullptr : &*found;
}

void write_template_words(json::Writer& json, const chat::Capabilities& can) {
  json.key("chat_template_caps").open('{');
  json.key("supports_system_role").boolean(can.system);
  json.key("supports_tools").boolean(can.tools);
  json.key("supports_tool_calls").boolean(can.tools);
  json.key("supports_parallel_tool_calls").boolean(can.parallel_calls);
  json.close('}');
}

// Neither of the three is looked at or heard yet.
void write_modalities(json::Writer& json) {
  json.key("modalities").open('{').key("vision").boolean(false);
  json.key("video").boolean(false).key("audio").boolean(false).close('}');
}

std::string props_body(const fleet::ModelSheet& sheet, const chat::Request& blank) {
  const fleet::ModelState& state = sheet.state;
  CompletionTerms terms;
  terms.request = blank;
  json::Writer json;
  json.open('{').key("default_generation_settings").open('{').key("params");
  write_settings(json, terms, blank.sampling.seed.value_or(kAnySeed));
  json.key("n_ctx").number(context_of(sheet)).close('}');
  json.key("total_slots").number(state.load.sequences_max);
  json.key("model_alias").text(state.model.name).key("model_path").text(state.model.name);
  json.key("model_ftype").text(sheet.facts.quantisation);
  write_modalities(json);
  json.key("endpoint_slots").boolean(true).key("endpoint_props").boolean(false);
  json.key("endpoint_metrics").boolean(true).key("ui").boolean(false);
  json.key("chat_template").text(sheet.facts.chat_template.value_or(""));
  if (state.capabilities) write_template_words(json, *state.capabilities);
  json.key("build_info").text("hearth " HEARTH_VERSION);
  json.key("is_sleeping").boolean(!state.loaded).close('}');
  return json.take();
}

std::string slots_body(const fleet::ModelSheet& sheet, std::uint32_t running) {
  json::Writer json;
  json.open('[');
  for (std::uint32_t slot = 0; slot < sheet.state.load.sequences_max; ++slot) {
    json.open('{').key("id").number(slot).key("n_ctx").number(context_of(sheet));
    json.key("speculative").boolean(false).key("is_processing").boolean(slot < running);
    json.close('}');
  }
  return json.close(']').take();
}

std::string_view state_word(const std::vector<fleet::RunnerStatus>& runners,
                            const std::string& name) {
  for (const fleet::RunnerStatus& runner : runners) {
    if (runner.model != name) continue;
    if (runner.state == State::kReady) return "loaded";
    if (runner.state == State::kLoading || runner.state == State::kWaiting) return "loading";
  }
  return "unloaded";
}

void write_model(json::Writer& json, const provider::ModelEntry& model, std::string_view state) {
  json.open('{').key("id").text(model.name).key("aliases").open('[').close(']');
  json.key("tags").open('[').close(']').key("object").text("model");
  json.key("created").number(model.modified_ms / 1000).key("owned_by").text("hearth");
  json.key("status").open('{').key("value").text(state).close('}');
  json.key("meta").open('{').key("size").number(model.size_bytes).close('}').close('}');
}

void write_short(json::Writer& json, const provider::ModelEntry& model) {
  json.open('{').key("name").text(model.name).key("model").text(model.name);
  json.key("modified_at").text(time_text(model.modified_ms));
  json.key("size").number(model.size_bytes).close('}');
}

}  // namespace

asio::awaitable<void> show_props(Call& call, Parts parts) {
  const auto sheet = co_await sheet_of(call, parts);
  if (!sheet) co_return;
  const chat::Request blank = parts.answers.blank(sheet->state.model.name);
  co_await send_json(call.exchange, props_body(*sheet, blank));
}

asio::awaitable<void> show_slots(Call& call, Parts parts) {
  const auto sheet = co_await sheet_of(call, parts);
  if (!sheet) co_return;
  const std::vector<fleet::RunnerStatus> runners = parts.control.status();
  const fleet::RunnerStatus* runner = find_runner(runners, *sheet);
  const std::uint32_t running = runner == nullptr ? 0 : runner->requests_running;
  const bool fails = !net::query_value(call.exchange.request().query, "fail_on_no_slot").empty();
  if (fails && running >= sheet->state.load.sequences_max) {
    co_await send_error(call.exchange, make_error(Code::kUnavailable, "no slot available"));
    co_return;
  }
  co_await send_json(call.exchange, slots_body(*sheet, running));
}

asio::awaitable<void> list_models(Call& call, Parts parts) {
  const std::vector<provider::ModelEntry> models = parts.provider.models();
  const std::vector<fleet::RunnerStatus> runners = parts.control.status();
  json::Writer json;
  json.open('{').key("models").open('[');
  for (const provider::ModelEntry& model : models)
    write_short(json, model);
  json.close(']').key("object").text("list").key("data").open('[');
  for (const provider::ModelEntry& model : models)
    write_model(json, model, state_word(runners, model.name));
  json.close(']').close('}');
  co_await send_json(call.exchange, json.take());
}

}  // namespace hearth::api::llamacpp
