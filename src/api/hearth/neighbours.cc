#include "api/hearth/neighbours.h"

#include <memory>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/hearth/routes.h"
#include "json/writer.h"

namespace hearth::api {

namespace {

void write_tags(json::Writer& json, const std::vector<store::OllamaTag>& tags) {
  json.open('[');
  for (const store::OllamaTag& tag : tags) {
    json.open('{').key("name").text(tag.name).key("size_bytes").number(tag.size_bytes);
    json.key("digest").text(tag.digest).key("parameters").text(tag.parameters);
    json.key("quantisation").text(tag.quantisation).close('}');
  }
  json.close(']');
}

void write_loaded(json::Writer& json, const std::vector<store::OllamaLoaded>& loaded) {
  json.open('[');
  for (const store::OllamaLoaded& model : loaded) {
    json.open('{').key("name").text(model.name).key("size_bytes").number(model.size_bytes);
    json.key("vram_bytes").number(model.vram_bytes).key("expires").text(model.expires).close('}');
  }
  json.close(']');
}

std::string state_body(const Result<store::OllamaState>& state) {
  json::Writer json;
  json.open('{').key("ollama");
  if (!state) return json.null().key("why").text(state.error().message).close('}').take();
  json.open('{').key("version").text(state->version).key("url").text(state->url).key("models");
  write_tags(json, state->models);
  write_loaded(json.key("loaded"), state->loaded);
  return json.close('}').close('}').take();
}

std::string facts_body(const std::string& model, const store::OllamaFacts& facts) {
  json::Writer json;
  json.open('{').key("model").text(model).key("format").text(facts.format);
  json.key("family").text(facts.family).key("parameters").text(facts.parameters);
  json.key("quantisation").text(facts.quantisation).key("capabilities").open('[');
  for (const std::string& capability : facts.capabilities)
    json.text(capability);
  return json.close(']').close('}').take();
}

// Asks, and answers with what `body` makes of the result.
template <typename T, typename Ask, typename Body>
asio::awaitable<void> answer_about_model(Call& call, Ask ask, Body body) {
  const auto model = read_model_name(call.exchange.request().body);
  if (!model) {
    co_await send_error(call.exchange, model.error(), model.error().context);
    co_return;
  }
  const auto meeting = std::make_shared<Meeting<T>>(co_await asio::this_coro::executor);
  ask(*model, arrive_at(meeting));
  co_await wait_for(meeting);
  if (!*meeting->result) {
    co_await send_error(call.exchange, meeting->result->error());
    co_return;
  }
  std::string text = body(*model, *meeting->result);
  co_await send_json(call.exchange, std::move(text));
}

}  // namespace

asio::awaitable<void> show_neighbours(Call& call, OwnRoutes parts) {
  const auto meeting =
      std::make_shared<Meeting<store::OllamaState>>(co_await asio::this_coro::executor);
  parts.control.neighbours.look(arrive_at(meeting));
  co_await wait_for(meeting);
  std::string body = state_body(*meeting->result);
  co_await send_json(call.exchange, std::move(body));
}

asio::awaitable<void> show_neighbours_model(Call& call, OwnRoutes parts) {
  const auto body = [](const std::string& model, const Result<store::OllamaFacts>& facts) {
    return facts_body(model, *facts);
  };
  co_await answer_about_model<store::OllamaFacts>(call, parts.control.neighbours.show, body);
}

asio::awaitable<void> unload_at_neighbour(Call& call, OwnRoutes parts) {
  const auto body = [](const std::string& model, const Result<void>&) {
    json::Writer json;
    return json.open('{').key("model").text(model).key("status").text("unloaded").close('}').take();
  };
  co_await answer_about_model<void>(call, parts.control.neighbours.unload, body);
}

}  // namespace hearth::api
