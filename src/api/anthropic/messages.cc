#include "api/anthropic/messages.h"

#include <memory>
#include <string>
#include <utility>
#include <variant>

#include "api/anthropic/errors.h"
#include "api/anthropic/message_body.h"
#include "api/anthropic/message_fields.h"
#include "api/core/meeting.h"
#include "api/core/reply.h"
#include "api/core/tool_wish.h"
#include "base/ids.h"
#include "json/writer.h"

namespace hearth::api::anthropic {

namespace {

constexpr std::string_view kIdWord = "msg";

std::string make_message_id() {
  std::string id = base::make_id(kIdWord);
  id[kIdWord.size()] = '_';
  return id;
}

class MessageWriter final : public AnswerWriter {
 public:
  MessageWriter(const MessageCall& call, std::string request_id)
      : names_(call.names),
        request_id_(std::move(request_id)),
        name_{make_message_id(), call.request.model, call.request.max_tokens, call.thoughts,
              call.answer} {}

  std::string whole(const Tally& tally) override {
    return whole_message(name_, tally.choices().front(), tally.summary());
  }
  ErrorReply refusal(const Error& error) override {
    return anthropic_error(told(error), {}, request_id_);
  }
  std::string begin(const Tally& tally) override { return events_.start(tally.summary()); }
  std::string delta(const ChoiceEvent& event) override;
  std::string finish(std::size_t choice, const Tally& tally) override {
    return events_.finish(tally.choices()[choice], tally.summary());
  }
  std::string failure(const Error& error) override {
    return MessageEvents::error(error_body(told(error), request_id_));
  }
  std::string ping() override { return MessageEvents::ping(); }

 private:
  Error told(const Error& error) const {
    return explained(error, field_at_fault(error, names_), name_.model);
  }

  const FieldNames names_;
  const std::string request_id_;
  const MessageName name_;
  MessageEvents events_{name_};
};

std::string MessageWriter::delta(const ChoiceEvent& event) {
  if (name_.answer == MessageCall::Answer::kNone) return {};
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event.event)) {
    return events_.thinking(*thought);
  }
  if (const auto* piece = std::get_if<chat::ToolCallDelta>(&event.event)) {
    return events_.tool_call(*piece);
  }
  return events_.text(std::get<chat::TextDelta>(event.event));
}

// Whoever names a beta sends its fields too.
MessageCall::Unknown unknown_fields(const Call& call) {
  const auto betas = call.exchange.request().find_header("anthropic-beta");
  const bool some = betas && !betas->empty();
  return some ? MessageCall::Unknown::kNamed : MessageCall::Unknown::kRefused;
}

asio::awaitable<void> send_failure(Call& call, const Error& error) {
  ErrorReply reply = anthropic_error(error, {}, call.request_id);
  co_await send_error(call.exchange, std::move(reply));
}

}  // namespace

asio::awaitable<void> create_message(Call& call, Answers& answers) {
  MessageReading reading{.unknown = unknown_fields(call)};
  reading.blank = [&answers](const std::string& model) { return answers.blank(model); };
  auto parsed = parse_message_call(call.body(), reading);
  if (!parsed) {
    co_await send_failure(call, parsed.error());
    co_return;
  }
  name_ignored(call.exchange, parsed->ignored);
  const auto form = parsed->stream ? AnswerJob::Form::kStream : AnswerJob::Form::kWhole;
  MessageWriter writer(*parsed, call.request_id);
  AnswerJob job{std::move(parsed->request), 1, form};
  job.own_tools = std::move(parsed->own_tools);
  co_await answers.give(call, std::move(job), writer);
}

asio::awaitable<void> count_tokens(Call& call, provider::Provider& provider) {
  MessageReading reading{.of = MessageReading::Of::kCount, .unknown = unknown_fields(call)};
  auto parsed = parse_message_call(call.body(), reading);
  if (!parsed) {
    co_await send_failure(call, parsed.error());
    co_return;
  }
  name_ignored(call.exchange, parsed->ignored);
  if (const auto none = take_no_tool_wish(parsed->own_tools); !none) {
    co_await send_failure(call, none.error());
    co_return;
  }
  call.note.model = parsed->request.model;
  const auto is_his = check_model(parsed->request.model, call.caller);
  if (!is_his) {
    co_await send_failure(call, is_his.error());
    co_return;
  }
  chat::TokenizeRequest request;
  request.model = parsed->request.model;
  request.result = chat::TokenizeRequest::Result::kCount;
  request.conversation = std::move(parsed->request);
  request.conversation->id = call.request_id;
  const std::string model = request.model;
  const auto meeting = std::make_shared<Meeting<chat::Tokens>>(co_await asio::this_coro::executor);
  CallOff call_off = provider.tokenize(std::move(request), arrive_at(meeting));
  co_await attend(meeting, call.exchange, std::move(call_off));
  if (call.exchange.disconnected()) co_return;
  if (!*meeting->result) {
    const Error& error = meeting->result->error();
    const Error told = explained(error, field_at_fault(error, parsed->names), model);
    co_await send_failure(call, told);
    co_return;
  }
  json::Writer json;
  json.open('{').key("input_tokens").number((*meeting->result)->count).close('}');
  co_await send_json(call.exchange, json.take());
}

asio::awaitable<void> refuse_batches(Call& call) {
  const Error error =
      make_error(Code::kNotFound, "batches are not served here; send each request to /v1/messages");
  co_await send_failure(call, error);
}

bool is_asked(const Call& call) {
  return call.exchange.request().find_header("anthropic-version").has_value();
}

}  // namespace hearth::api::anthropic
