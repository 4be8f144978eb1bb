#include "api/openai/responses.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/openai/response_events.h"
#include "api/openai/response_request.h"
#include "base/clock.h"
#include "json/node.h"
#include "json/parse.h"
#include "net/target.h"

namespace hearth::api::openai {

namespace {

using Kept = responses::KeptResponse;

constexpr std::size_t kPageDefault = 20;
constexpr std::size_t kPageMax = 100;
constexpr std::size_t kShownBytes = 100;

class ResponseWriter final : public AnswerWriter {
 public:
  // `keep` is empty where nothing is to be kept.
  ResponseWriter(ResponseName name, FieldNames names, std::function<void(std::string body)> keep)
      : name_(name), names_(std::move(names)), keep_(std::move(keep)), events_(std::move(name)) {}

  std::string whole(const Tally& tally) override;
  ErrorReply refusal(const Error& error) override {
    return openai_error(error, response_field_at_fault(error, names_), {});
  }
  std::string begin(const Tally& /*tally*/) override { return events_.begin(); }
  std::string delta(const ChoiceEvent& event) override { return events_.delta(event.event); }
  std::string finish(std::size_t choice, const Tally& tally) override;
  std::string failure(const Error& error) override { return events_.failure(error); }
  std::string ping() override { return ": waiting\n\n"; }

 private:
  const ResponseName name_;
  const FieldNames names_;
  const std::function<void(std::string body)> keep_;
  ResponseEvents events_;
};

std::string ResponseWriter::whole(const Tally& tally) {
  const Choice& choice = tally.choices().front();
  const std::vector<OutputItem> output = items_of(choice, name_);
  std::string body =
      response_body(name_, {status_of(choice.reason), &output, &tally.summary(), nullptr});
  if (keep_) keep_(body);
  return body;
}

std::string ResponseWriter::finish(std::size_t choice, const Tally& tally) {
  std::string last = events_.finish(tally.choices()[choice].reason, tally.summary());
  if (keep_) keep_(events_.body());
  return last;
}

ErrorReply no_such_past(const Error& error) {
  const std::string message = fmt::format(
      "Previous response with id '{}' not found. Responses are kept for the key that made them, "
      "with \"store\": true, until they are the oldest of too many.",
      error.context);
  return {400, error_body(ErrorView{message, "invalid_request_error", "previous_response_not_found",
                                    "previous_response_id"})};
}

// Its input and what was put out, by turns.
Result<std::vector<std::string>> items_of_past(const std::vector<Kept>& past) {
  std::vector<std::string> items;
  for (const Kept& one : past) {
    items.push_back(one.input);
    const auto body = json::parse(one.body);
    if (!body) return fail(Code::kCorrupt, "a response that was kept cannot be read any more");
    const json::Node root(*body);
    const json::Node output = HEARTH_TRY(root.require("output"));
    items.push_back(output.json());
  }
  return items;
}

template <typename T>
Result<T> not_kept(const std::string& id) {
  return fail(Code::kNotFound,
              fmt::format("Response with id '{}' not found.", id.substr(0, kShownBytes)), id);
}

// The conversation up to the response that the call names; nothing where the client has gone.
asio::awaitable<std::optional<Result<std::vector<Kept>>>> find_past(Call& call,
                                                                    const ResponseShelf& shelf,
                                                                    std::string id) {
  if (!shelf.find_past) co_return not_kept<std::vector<Kept>>(id);
  const auto executor = co_await asio::this_coro::executor;
  const auto meeting = std::make_shared<Meeting<std::vector<Kept>>>(executor);
  shelf.find_past(id, call.caller.key_id, arrive_at(meeting));
  CallOff nothing = [] {};
  co_await attend(meeting, call.exchange, std::move(nothing));
  if (call.exchange.disconnected()) co_return std::nullopt;
  co_return std::move(*meeting->result);
}

// Puts what was said before in front of what is new; false when the call has been answered.
asio::awaitable<bool> join(Call& call, const ResponseShelf& shelf, ResponseCall& parsed) {
  std::vector<std::string> items;
  if (!parsed.previous.empty()) {
    auto past = co_await find_past(call, shelf, parsed.previous);
    if (!past) co_return false;
    if (!*past && past->error().code == Code::kNotFound) {
      ErrorReply reply = no_such_past(past->error());
      co_await send_error(call.exchange, std::move(reply));
      co_return false;
    }
    auto read = *past ? items_of_past(**past) : fail(past->error());
    if (!read) {
      co_await send_error(call.exchange, read.error(), "previous_response_id");
      co_return false;
    }
    items = std::move(*read);
  }
  const auto joined = join_past(parsed, items);
  if (joined) co_return true;
  co_await send_error(call.exchange, joined.error(), "previous_response_id");
  co_return false;
}

struct Page {
  std::size_t limit = kPageDefault;
  bool newest_first = true;
  std::string after;
};

Result<Page> read_page(std::string_view query) {
  Page page;
  const std::string limit = net::query_value(query, "limit");
  if (!limit.empty()) {
    const auto [end, error] =
        std::from_chars(limit.data(), limit.data() + limit.size(), page.limit);
    const bool whole = error == std::errc() && end == limit.data() + limit.size();
    if (!whole || page.limit < 1 || page.limit > kPageMax) {
      return fail(Code::kInvalidArgument,
                  fmt::format("limit must be a whole number from 1 to {}", kPageMax), "limit");
    }
  }
  const std::string order = net::query_value(query, "order");
  if (!order.empty() && order != "asc" && order != "desc") {
    return fail(Code::kInvalidArgument, "order must be \"asc\" or \"desc\"", "order");
  }
  page.newest_first = order != "asc";
  page.after = net::query_value(query, "after");
  return page;
}

std::string id_of(const json::Node& item) {
  const auto id = item.find("id");
  return id && id->is_string() ? std::string(*id->text()) : std::string();
}

void write_id(json::Writer& json, std::string_view key, const std::string& id) {
  json.key(key);
  id.empty() ? json.null() : json.text(id);
}

Result<std::string> page_body(const Kept& response, std::string_view query) {
  const Page page = HEARTH_TRY(read_page(query));
  const auto document = json::parse(response.input);
  if (!document) return fail(Code::kCorrupt, "what was asked cannot be read any more");
  const json::Node root(*document);
  std::vector<json::Node> items = HEARTH_TRY(root.elements());
  if (page.newest_first) std::reverse(items.begin(), items.end());
  auto begin = items.begin();
  if (!page.after.empty()) {
    begin = std::find_if(items.begin(), items.end(),
                         [&](const json::Node& item) { return id_of(item) == page.after; });
    if (begin == items.end()) {
      return fail(Code::kInvalidArgument, "after is the id of none of the items", "after");
    }
    ++begin;
  }
  const auto left = static_cast<std::size_t>(items.end() - begin);
  const auto end = begin + static_cast<std::ptrdiff_t>(std::min(page.limit, left));
  json::Writer json;
  json.open('{').key("object").text("list").key("data").open('[');
  for (auto item = begin; item != end; ++item)
    json.verbatim(item->json());
  json.close(']');
  write_id(json, "first_id", begin == end ? std::string() : id_of(*begin));
  write_id(json, "last_id", begin == end ? std::string() : id_of(*(end - 1)));
  json.key("has_more").boolean(end != items.end()).close('}');
  return json.take();
}

asio::awaitable<std::optional<Result<Kept>>> find(Call& call, const ResponseShelf& shelf,
                                                  std::string id) {
  if (!shelf.find) co_return not_kept<Kept>(id);
  const auto meeting = std::make_shared<Meeting<Kept>>(co_await asio::this_coro::executor);
  shelf.find(id, call.caller.key_id, arrive_at(meeting));
  CallOff nothing = [] {};
  co_await attend(meeting, call.exchange, std::move(nothing));
  if (call.exchange.disconnected()) co_return std::nullopt;
  co_return std::move(*meeting->result);
}

Error no_such_part(const Call& call) {
  return make_error(Code::kNotFound,
                    fmt::format("there is no /v1/responses/{}", call.rest.substr(0, kShownBytes)));
}

// What the kept response has of these items, of what was put out and of what was asked.
void add_named(const Kept& response, const std::vector<std::string>& names, NamedItems& named) {
  const auto add = [&](const json::Node& items) {
    const auto elements = items.elements();
    for (const json::Node& item : elements.value_or(std::vector<json::Node>())) {
      std::string id = item.is_object() ? id_of(item) : std::string();
      if (std::find(names.begin(), names.end(), id) != names.end())
        named.insert_or_assign(std::move(id), item.json());
    }
  };
  const auto body = json::parse(response.body);
  const auto input = json::parse(response.input);
  const auto output = body && body->is_object() ? json::Node(*body).find("output") : std::nullopt;
  if (output) add(*output);
  if (input) add(json::Node(*input));
}

// Their ids say which response they belong to. Nothing where the client has gone; what is not found
// is missed by who reads the body.
asio::awaitable<std::optional<Result<NamedItems>>> find_named(Call& call,
                                                              const ResponseShelf& shelf) {
  NamedItems named;
  const std::vector<std::string> names = items_named_by(call.body());
  std::string looked_at;
  for (const std::string& name : names) {
    const std::string id = response_of_item(name);
    if (id.empty() || id == looked_at) continue;
    looked_at = id;
    auto found = co_await find(call, shelf, id);
    if (!found) co_return std::nullopt;
    if (!*found && found->error().code != Code::kNotFound) co_return fail(found->error());
    if (*found) add_named(**found, names, named);
  }
  co_return named;
}

// The call as a whole; nothing when it has been answered.
asio::awaitable<std::optional<ResponseCall>> read_call(Call& call, const ResponseShelf& shelf,
                                                       std::string id, Blank blank) {
  auto named = co_await find_named(call, shelf);
  if (!named) co_return std::nullopt;
  Result<ResponseCall> parsed = fail(Code::kInternal, "");
  if (*named) {
    ResponseReading reading{id_in_response("in", id, ""), std::move(blank), std::move(**named)};
    parsed = parse_response_call(call.body(), reading);
  } else {
    parsed = fail(named->error());
  }
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, parsed.error(), std::move(param));
    co_return std::nullopt;
  }
  const bool is_whole = co_await join(call, shelf, *parsed);
  if (!is_whole) co_return std::nullopt;
  co_return std::move(*parsed);
}

}  // namespace

asio::awaitable<void> create_response(Call& call, Answers& answers, const ResponseShelf& shelf) {
  ResponseName name{make_response_id(), base::system_clock().wall_ms() / 1000};
  Blank blank = [&answers](const std::string& model) { return answers.blank(model); };
  auto parsed = co_await read_call(call, shelf, name.id, std::move(blank));
  if (!parsed) co_return;
  name_ignored(call.exchange, parsed->chat.ignored);
  name.echo = std::move(parsed->echo);
  std::function<void(std::string)> keep;
  if (parsed->store && shelf.keep) {
    Kept kept{name.id, call.caller.key_id, parsed->previous, {}, std::move(parsed->input)};
    keep = [&shelf, kept = std::move(kept)](std::string body) mutable {
      kept.body = std::move(body);
      shelf.keep(std::move(kept));
    };
  }
  ResponseWriter writer(std::move(name), std::move(parsed->chat.names), std::move(keep));
  const auto form = parsed->chat.stream ? AnswerJob::Form::kStream : AnswerJob::Form::kWhole;
  AnswerJob job{std::move(parsed->chat.request), 1, form};
  co_await answers.give(call, std::move(job), writer);
}

asio::awaitable<void> show_response(Call& call, const ResponseShelf& shelf) {
  constexpr std::string_view kItems = "/input_items";
  const bool lists = call.rest.ends_with(kItems);
  const std::string id = lists ? call.rest.substr(0, call.rest.size() - kItems.size()) : call.rest;
  if (id.find('/') != std::string::npos) {
    co_await send_error(call.exchange, no_such_part(call));
    co_return;
  }
  if (net::query_value(call.exchange.request().query, "stream") == "true") {
    Error error = make_error(Code::kInvalidArgument,
                             "stream is not supported here: a response that is kept is whole");
    co_await send_error(call.exchange, std::move(error), "stream");
    co_return;
  }
  auto found = co_await find(call, shelf, id);
  if (!found) co_return;
  Result<std::string> body = fail(Code::kInternal, "");
  if (!*found) {
    body = fail(found->error());
  } else if (lists) {
    body = page_body(**found, call.exchange.request().query);
  } else {
    body = std::move((*found)->body);
  }
  if (body) {
    co_await send_json(call.exchange, std::move(*body));
    co_return;
  }
  const bool is_query = body.error().code == Code::kInvalidArgument;
  std::string param = is_query ? body.error().context : std::string();
  co_await send_error(call.exchange, body.error(), std::move(param));
}

asio::awaitable<void> remove_response(Call& call, const ResponseShelf& shelf) {
  const std::string id = call.rest;
  Result<void> removed = not_kept<void>(id);
  if (shelf.remove) {
    const auto meeting = std::make_shared<Meeting<void>>(co_await asio::this_coro::executor);
    shelf.remove(id, call.caller.key_id, arrive_at(meeting));
    CallOff nothing = [] {};
    co_await attend(meeting, call.exchange, std::move(nothing));
    if (call.exchange.disconnected()) co_return;
    removed = *meeting->result;
  }
  if (!removed) {
    co_await send_error(call.exchange, removed.error());
    co_return;
  }
  json::Writer json;
  json.open('{').key("id").text(id).key("object").text("response");
  json.key("deleted").boolean(true).close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> cancel_response(Call& call) {
  Error error = call.rest.ends_with("/cancel")
                    ? make_error(Code::kInvalidArgument,
                                 "Only responses created with background=true can be cancelled, "
                                 "and none is here; close the connection to end one")
                    : no_such_part(call);
  co_await send_error(call.exchange, std::move(error));
}

asio::awaitable<void> count_input_tokens(Call& call, provider::Provider& provider,
                                         const ResponseShelf& shelf) {
  Blank blank = [&provider](const std::string& model) { return provider.blank(model); };
  std::string id = make_response_id();
  auto parsed = co_await read_call(call, shelf, std::move(id), std::move(blank));
  if (!parsed) co_return;
  call.note.model = parsed->chat.request.model;
  const auto is_his = check_model(parsed->chat.request.model, call.caller);
  if (!is_his) {
    co_await send_error(call.exchange, is_his.error(), std::string(kModelField));
    co_return;
  }
  chat::TokenizeRequest request;
  request.model = parsed->chat.request.model;
  request.result = chat::TokenizeRequest::Result::kCount;
  request.conversation = std::move(parsed->chat.request);
  request.conversation->id = call.request_id;
  const auto meeting = std::make_shared<Meeting<chat::Tokens>>(co_await asio::this_coro::executor);
  CallOff call_off = provider.tokenize(std::move(request), arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(call_off));
  if (call.exchange.disconnected()) co_return;
  if (!*meeting->result) {
    const Error& error = meeting->result->error();
    std::string param = response_field_at_fault(error, parsed->chat.names);
    co_await send_error(call.exchange, error, std::move(param));
    co_return;
  }
  json::Writer json;
  json.open('{').key("object").text("response.input_tokens");
  json.key("input_tokens").number((*meeting->result)->count).close('}');
  co_await send_json(call.exchange, json.take());
}

}  // namespace hearth::api::openai
