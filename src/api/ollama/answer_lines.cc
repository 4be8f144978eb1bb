#include "api/ollama/answer_lines.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>

#include "api/core/call_news_body.h"
#include "api/core/own_body.h"
#include "api/core/reply.h"
#include "api/core/time_text.h"
#include "api/ollama/errors.h"
#include "api/ollama/past_context.h"
#include "api/openai/logprobs_body.h"

namespace hearth::api::ollama {

namespace {

constexpr double kMsNs = 1e6;

std::int64_t to_ns(double ms) {
  return static_cast<std::int64_t>(ms * kMsNs);
}

std::string_view done_reason(chat::Finished::Reason reason) {
  return reason == chat::Finished::Reason::kLength ? "length" : "stop";
}

void write_calls(json::Writer& json, const std::vector<chat::ToolCall>& calls) {
  json.key("tool_calls").open('[');
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const chat::ToolCall& call = calls[i];
    json.open('{').key("id").text(call.id).key("function").open('{');
    json.key("index").number(std::uint64_t{i}).key("name").text(call.name);
    json.key("arguments");
    write_arguments(json, call.arguments);
    json.close('}').close('}');
  }
  json.close(']');
}

void write_logprobs(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs) {
  json.key("logprobs").open('[');
  for (const chat::TokenLogprob& one : logprobs) {
    json.open('{');
    openai::write_chance(json, one.chosen);
    if (!one.alternatives.empty()) json.key("top_logprobs").open('[');
    for (const chat::TokenChance& alternative : one.alternatives) {
      json.open('{');
      openai::write_chance(json, alternative);
      json.close('}');
    }
    if (!one.alternatives.empty()) json.close(']');
    json.close('}');
  }
  json.close(']');
}

void write_head(json::Writer& json, std::string_view model) {
  json.open('{').key("model").text(model);
  json.key("created_at").text(time_text(base::system_clock().wall_ms()));
}

}  // namespace

AnswerLines::AnswerLines(Terms terms) : terms_(std::move(terms)) {}

json::Writer AnswerLines::begin_object(const Said& said) const {
  json::Writer json;
  write_head(json, terms_.model);
  const bool is_chat = terms_.shape == Shape::kChat;
  if (is_chat) json.key("message").open('{').key("role").text("assistant");
  json.key(is_chat ? "content" : "response").text(said.text);
  if (!said.thinking.empty()) json.key("thinking").text(said.thinking);
  if (said.calls != nullptr && !said.calls->empty()) write_calls(json, *said.calls);
  if (is_chat) json.close('}');
  return json;
}

std::string AnswerLines::line(const Said& said) const {
  json::Writer json = begin_object(said);
  return json.key("done").boolean(false).close('}').take() + "\n";
}

// What is left of the time is loading, and waiting where nobody measures it.
void AnswerLines::write_times(json::Writer& json, const chat::Usage& usage) const {
  const double total_ms = base::to_ms(base::system_clock().now() - began_);
  const double known_ms = usage.queue_ms + usage.prefill_ms + usage.decode_ms;
  json.key("total_duration").number(to_ns(total_ms));
  json.key("load_duration").number(to_ns(std::max(0.0, total_ms - known_ms)));
  json.key("prompt_eval_count").number(usage.prompt_tokens);
  json.key("prompt_eval_duration").number(to_ns(usage.prefill_ms));
  json.key("eval_count").number(usage.completion_tokens);
  json.key("eval_duration").number(to_ns(usage.decode_ms));
}

void AnswerLines::write_end(json::Writer& json, const Tally& tally) const {
  const Choice& choice = tally.choices().front();
  json.key("done").boolean(true).key("done_reason").text(done_reason(choice.reason));
  if (!terms_.past.empty()) {
    std::vector<chat::Message> past = terms_.past;
    chat::Message answer;
    answer.role = chat::Role::kAssistant;
    answer.content = text_.empty() ? choice.text : text_;
    past.push_back(std::move(answer));
    json.key("context").open('[');
    for (const std::uint32_t number : pack_past(past))
      json.number(number);
    json.close(']');
  }
  write_times(json, tally.summary().usage);
  json.key("hearth");
  write_own(json, tally.summary());
  json.close('}');
}

std::string AnswerLines::whole(const Tally& tally) {
  const Choice& choice = tally.choices().front();
  json::Writer json = begin_object({choice.text, choice.thinking, &choice.calls.calls()});
  if (choice.logprobs) write_logprobs(json, *choice.logprobs);
  write_end(json, tally);
  return json.take();
}

ErrorReply AnswerLines::refusal(const Error& error) {
  return error_reply(about_model(error, terms_.model), {}, {});
}

std::string AnswerLines::delta(const ChoiceEvent& event) {
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event.event)) {
    return line({{}, thought->text});
  }
  if (const auto* call = std::get_if<chat::ToolCallDelta>(&event.event)) {
    calls_.add(*call);
    return {};
  }
  const auto& delta = std::get<chat::TextDelta>(event.event);
  if (!terms_.past.empty()) text_ += delta.text;
  json::Writer json = begin_object({delta.text});
  if (terms_.with_logprobs) write_logprobs(json, delta.logprobs);
  return json.key("done").boolean(false).close('}').take() + "\n";
}

// A line that says nothing, with {"hearth":{"call":…}} beside it.
std::string AnswerLines::own_call(const agent::CallNews& news) {
  json::Writer json = begin_object({});
  json.key("done").boolean(false).key("hearth").open('{').key("call");
  write_call_news(json, news);
  return json.close('}').close('}').take() + "\n";
}

std::string AnswerLines::finish(std::size_t /*choice*/, const Tally& tally) {
  std::string lines;
  if (!calls_.empty()) lines = line({{}, {}, &calls_.calls()});
  json::Writer json = begin_object({});
  write_end(json, tally);
  return lines + json.take() + "\n";
}

std::string AnswerLines::failure(const Error& error) {
  return error_reply(about_model(error, terms_.model), {}, {}).body + "\n";
}

std::string AnswerLines::ping() {
  return line({});
}

std::string loaded_body(AnswerLines::Shape shape, std::string_view model, std::string_view reason) {
  json::Writer json;
  write_head(json, model);
  if (shape == AnswerLines::Shape::kChat) {
    json.key("message").open('{').key("role").text("assistant").key("content").text("").close('}');
  } else {
    json.key("response").text("");
  }
  return json.key("done").boolean(true).key("done_reason").text(reason).close('}').take();
}

}  // namespace hearth::api::ollama
