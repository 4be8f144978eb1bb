#include "api/openai/models.h"

#include <fmt/format.h>

#include "api/core/capabilities_body.h"
#include "api/core/model_entries.h"
#include "api/core/reply.h"
#include "json/writer.h"

namespace hearth::api::openai {

namespace {

constexpr std::size_t kShownBytes = 200;

void write_model(json::Writer& json, const provider::ModelEntry& model) {
  json.open('{').key("id").text(model.name).key("object").text("model");
  json.key("created").number(model.modified_ms / 1000).key("owned_by").text("hearth");
  json.key("hearth").open('{').key("capabilities");
  write_capabilities(json, model.capabilities);
  json.close('}').close('}');
}

}  // namespace

asio::awaitable<void> list_models(Call& call, const provider::Provider& provider) {
  json::Writer json;
  json.open('{').key("object").text("list").key("data").open('[');
  for (const provider::ModelEntry& model : provider.models())
    write_model(json, model);
  json.close(']').close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> show_model(Call& call, const provider::Provider& provider) {
  const auto models = provider.models();
  if (const provider::ModelEntry* const model = find_entry(models, call.rest)) {
    json::Writer json;
    write_model(json, *model);
    co_await send_json(call.exchange, json.take());
    co_return;
  }
  Error error = make_error(Code::kNotFound,
                           fmt::format("there is no model \"{}\"; GET /v1/models lists those that "
                                       "exist",
                                       call.rest.substr(0, kShownBytes)));
  co_await send_error(call.exchange, std::move(error), "model");
}

}  // namespace hearth::api::openai
