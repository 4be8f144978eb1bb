#include "api/ollama/answering.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "api/core/model_entries.h"
#include "api/core/reply.h"
#include "api/ollama/answer_lines.h"
#include "api/ollama/errors.h"
#include "api/ollama/names.h"
#include "api/ollama/request_fields.h"

namespace hearth::api::ollama {

namespace {

using Shape = AnswerLines::Shape;

openai::Blank blank_of(const Parts& parts) {
  return [parts](const std::string& model) {
    return parts.answers.blank(own_name(model, parts.provider));
  };
}

// Of a model that is not loaded there is nothing to let go; of one that does not exist, an error.
asio::awaitable<Result<void>> unload(Parts parts, std::string model) {
  const auto executor = co_await asio::this_coro::executor;
  const auto meeting = std::make_shared<Meeting<void>>(executor);
  parts.control.unload(model, arrive_at(meeting));
  co_await wait_for(meeting);
  if (*meeting->result || meeting->result->error().code != Code::kNotFound) {
    co_return *meeting->result;
  }
  const auto sheet = std::make_shared<Meeting<fleet::ModelSheet>>(executor);
  parts.control.inquiries.show({model, {}}, arrive_at(sheet));
  co_await wait_for(sheet);
  if (*sheet->result) co_return Result<void>();
  co_return fail(sheet->result->error());
}

asio::awaitable<Result<void>> load(Parts parts, LoadWish wish) {
  const auto meeting = std::make_shared<Meeting<void>>(co_await asio::this_coro::executor);
  const auto asked = parts.control.load(wish, arrive_at(meeting));
  if (!asked) co_return fail(asked.error());
  co_await wait_for(meeting);
  co_return *meeting->result;
}

// What others are being answered ends with an unload, so it takes more than to ask does.
Result<void> check_caller(const Caller& caller, const std::string& model, bool leaves) {
  HEARTH_TRY(check_model(model, caller));
  if (!leaves || access::includes(caller.scope, access::Scope::kManage)) return {};
  return fail(Code::kPermissionDenied,
              "unloading a model takes a key with the scope 'manage'; without keep_alive it leaves "
              "by itself");
}

asio::awaitable<void> load_or_unload(Call& call, Parts parts, Ask ask, Shape shape) {
  const chat::Request& request = ask.call.request;
  const bool leaves = request.keep_alive == base::Duration::zero();
  call.note.model = request.model;
  Result<void> done = check_caller(call.caller, request.model, leaves);
  if (!done) {
    co_await send_error(call.exchange, done.error());
    co_return;
  }
  if (leaves) {
    done = co_await unload(parts, request.model);
  } else {
    // Whoever may ask may not ask for more crashes than a question would.
    LoadWish wish{
        .model = request.model, .keep_alive = request.keep_alive, .pause = fleet::Pause::kKept};
    done = co_await load(parts, std::move(wish));
  }
  if (!done) {
    co_await send_error(call.exchange, done.error(), ask.model);
    co_return;
  }
  std::string body = loaded_body(shape, ask.model, leaves ? "unload" : "load");
  co_await send_json(call.exchange, std::move(body));
}

// What the next request may give back; of a raw prompt nobody knows who said what in it.
std::vector<chat::Message> past_of(const chat::Request& request, Shape shape) {
  if (shape == Shape::kChat || request.raw_prompt) return {};
  return request.messages;
}

// Ollama's clients look for its words, and ask again without.
Result<void> check_thinking(const Ask& ask, const provider::Provider& provider) {
  const chat::Request& request = ask.call.request;
  if (request.thinking.mode != chat::Thinking::Mode::kOn) return {};
  const auto models = provider.models();
  const provider::ModelEntry* const entry = find_entry(models, request.model);
  if (entry == nullptr || !entry->capabilities || entry->capabilities->thinking) return {};
  return fail(Code::kInvalidArgument, fmt::format("\"{}\" does not support thinking", ask.model));
}

asio::awaitable<void> answer(Call& call, Parts parts, Result<Ask> read, Shape shape) {
  if (read) read->call.request.model = own_name(read->model, parts.provider);
  const auto fits = read ? check_thinking(*read, parts.provider) : Result<void>();
  if (!read || !fits) {
    Error error = read ? fits.error() : read.error();
    co_await send_error(call.exchange, std::move(error));
    co_return;
  }
  Ask ask = *std::move(read);
  chat::Request& request = ask.call.request;
  name_ignored(call.exchange, ask.call.ignored);
  if (ask.loads_only) {
    co_await load_or_unload(call, parts, std::move(ask), shape);
    co_return;
  }
  AnswerLines writer({shape, ask.model, past_of(request, shape), request.logprobs.has_value()});
  const auto form = ask.call.stream ? AnswerJob::Form::kStream : AnswerJob::Form::kWhole;
  AnswerJob job{std::move(request), 1, form};
  job.own_tools = std::move(ask.call.own_tools);
  co_await parts.answers.give(call, std::move(job), writer);
}

}  // namespace

asio::awaitable<void> generate(Call& call, Parts parts) {
  return answer(call, parts, read_generate(call.exchange.request().body, blank_of(parts)),
                Shape::kGenerate);
}

asio::awaitable<void> chat(Call& call, Parts parts) {
  return answer(call, parts, read_chat(call.exchange.request().body, blank_of(parts)),
                Shape::kChat);
}

}  // namespace hearth::api::ollama
