#include "api/openai/chat_completions.h"

#include <string>
#include <utility>
#include <variant>

#include "api/core/reply.h"
#include "api/openai/completion_body.h"
#include "api/openai/request_fields.h"
#include "base/ids.h"

namespace hearth::api::openai {

namespace {

class ChatWriter final : public AnswerWriter {
 public:
  ChatWriter(CompletionName name, const ChatCall& call)
      : name_(std::move(name)),
        names_(call.names),
        chunks_(name_,
                call.include_usage ? ChunkWriter::UsageField::kPresent
                                   : ChunkWriter::UsageField::kAbsent,
                call.request.logprobs ? ChunkWriter::LogprobsField::kPresent
                                      : ChunkWriter::LogprobsField::kNull) {}

  std::string whole(const Tally& tally) override {
    return whole_completion(name_, tally.choices(), tally.summary());
  }
  ErrorReply refusal(const Error& error) override {
    return openai_error(error, field_at_fault(error, names_), {});
  }
  std::string begin(const Tally& tally) override;
  std::string delta(const ChoiceEvent& event) override;
  std::string own_call(const agent::CallNews& news) override { return chunks_.own_call(news); }
  std::string finish(std::size_t choice, const Tally& tally) override;
  std::string failure(const Error& error) override {
    return ChunkWriter::error(error, field_at_fault(error, names_));
  }
  std::string ping() override { return std::string(ChunkWriter::ping()); }

 private:
  const CompletionName name_;
  const FieldNames names_;
  const ChunkWriter chunks_;
};

std::string ChatWriter::begin(const Tally& tally) {
  std::string roles;
  for (std::size_t choice = 0; choice < tally.choices().size(); ++choice)
    roles += chunks_.role(choice);
  return roles;
}

std::string ChatWriter::delta(const ChoiceEvent& event) {
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event.event)) {
    return chunks_.thinking(event.choice, *thought);
  }
  if (const auto* call = std::get_if<chat::ToolCallDelta>(&event.event)) {
    return chunks_.tool_call(event.choice, *call);
  }
  return chunks_.text(event.choice, std::get<chat::TextDelta>(event.event));
}

std::string ChatWriter::finish(std::size_t choice, const Tally& tally) {
  const chat::Finished::Reason reason = tally.choices()[choice].reason;
  if (!tally.complete()) return chunks_.finish(choice, reason, nullptr);
  std::string last = chunks_.finish(choice, reason, &tally.summary());
  if (chunks_.with_usage()) last += chunks_.usage(tally.summary().usage);
  last += ChunkWriter::done();
  return last;
}

}  // namespace

asio::awaitable<void> complete_chat(Call& call, Answers& answers) {
  auto parsed = parse_chat_call(
      call.body(), [&answers](const std::string& model) { return answers.blank(model); });
  if (!parsed) {
    std::string param = parsed.error().context;
    co_await send_error(call.exchange, std::move(parsed).error(), std::move(param));
    co_return;
  }
  name_ignored(call.exchange, parsed->ignored);
  CompletionName name{base::make_id("chatcmpl"), base::system_clock().wall_ms() / 1000,
                      parsed->request.model};
  ChatWriter writer(std::move(name), *parsed);
  const auto form = parsed->stream ? AnswerJob::Form::kStream : AnswerJob::Form::kWhole;
  AnswerJob job{std::move(parsed->request), parsed->choices, form};
  job.own_tools = std::move(parsed->own_tools);
  co_await answers.give(call, std::move(job), writer);
}

}  // namespace hearth::api::openai
