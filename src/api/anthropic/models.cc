#include "api/anthropic/models.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/anthropic/errors.h"
#include "api/anthropic/messages.h"
#include "api/core/capabilities_body.h"
#include "api/core/model_entries.h"
#include "api/core/reply.h"
#include "base/log.h"
#include "json/writer.h"
#include "net/target.h"

namespace hearth::api::anthropic {

namespace {

using provider::ModelEntry;
using Models = std::vector<ModelEntry>;

constexpr std::size_t kShownBytes = 200;

void write_model(json::Writer& json, const ModelEntry& model) {
  json.open('{').key("type").text("model").key("id").text(model.name);
  json.key("display_name").text(model.name);
  json.key("created_at").text(log::utc_time(model.modified_ms));
  json.key("max_input_tokens").null().key("max_tokens").null().key("capabilities").null();
  json.key("lifecycle").text("active").key("line").null();
  json.key("deprecated_at").null().key("retires_at").null();
  json.key("hearth").open('{').key("capabilities");
  write_capabilities(json, model.capabilities);
  json.close('}').close('}');
}

struct Page {
  std::size_t begin = 0;
  std::size_t end = 0;
  bool more = false;  // in the direction in which the client goes
};

Result<std::size_t> read_limit(std::string_view query) {
  const std::string text = net::query_value(query, "limit");
  if (text.empty()) return kPageDefault;
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && limit >= 1 && limit <= kPageMax) return limit;
  return fail(Code::kInvalidArgument,
              fmt::format("limit must be a whole number from 1 to {}", kPageMax));
}

Result<std::size_t> place_of(const Models& models, const std::string& id, std::string_view field) {
  const auto found = std::find_if(models.begin(), models.end(),
                                  [&](const auto& model) { return model.name == id; });
  if (found != models.end()) return static_cast<std::size_t>(found - models.begin());
  return fail(Code::kInvalidArgument, fmt::format("{} is \"{}\", which is none of the models",
                                                  field, id.substr(0, kShownBytes)));
}

Result<Page> find_page(const Models& models, std::string_view query) {
  const std::size_t limit = HEARTH_TRY(read_limit(query));
  const std::string before = net::query_value(query, "before_id");
  const std::string after = net::query_value(query, "after_id");
  if (!before.empty()) {
    const std::size_t end = HEARTH_TRY(place_of(models, before, "before_id"));
    const std::size_t begin = end - std::min(end, limit);
    return Page{begin, end, begin > 0};
  }
  std::size_t begin = 0;
  if (!after.empty()) begin = HEARTH_TRY(place_of(models, after, "after_id")) + 1;
  const std::size_t end = std::min(models.size(), begin + limit);
  return Page{begin, end, end < models.size()};
}

void write_id(json::Writer& json, std::string_view key, const ModelEntry* model) {
  json.key(key);
  if (model == nullptr) {
    json.null();
  } else {
    json.text(model->name);
  }
}

std::string page_body(const Models& models, const Page& page) {
  const bool empty = page.begin == page.end;
  json::Writer json;
  json.open('{').key("data").open('[');
  for (std::size_t place = page.begin; place < page.end; ++place)
    write_model(json, models[place]);
  json.close(']').key("has_more").boolean(page.more);
  write_id(json, "first_id", empty ? nullptr : &models[page.begin]);
  write_id(json, "last_id", empty ? nullptr : &models[page.end - 1]);
  return json.close('}').take();
}

}  // namespace

asio::awaitable<void> list_models(Call& call, const provider::Provider& provider) {
  const Models models = provider.models();
  const auto page = find_page(models, call.exchange.request().query);
  if (!page) {
    ErrorReply reply = anthropic_error(page.error(), {}, call.request_id);
    co_await send_error(call.exchange, std::move(reply));
    co_return;
  }
  co_await send_json(call.exchange, page_body(models, *page));
}

asio::awaitable<void> show_model(Call& call, const provider::Provider& provider) {
  const auto models = provider.models();
  if (const provider::ModelEntry* const model = find_entry(models, call.rest)) {
    json::Writer json;
    write_model(json, *model);
    co_await send_json(call.exchange, json.take());
    co_return;
  }
  Error error = make_error(
      Code::kNotFound, fmt::format("there is no model \"{}\"", call.rest.substr(0, kShownBytes)));
  error = explained(std::move(error), {}, call.rest.substr(0, kShownBytes));
  ErrorReply reply = anthropic_error(error, {}, call.request_id);
  co_await send_error(call.exchange, std::move(reply));
}

}  // namespace hearth::api::anthropic
