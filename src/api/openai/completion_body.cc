#include "api/openai/completion_body.h"

#include "api/core/call_news_body.h"
#include "api/core/errors.h"
#include "api/core/own_body.h"
#include "api/openai/logprobs_body.h"
#include "api/openai/tool_calls_body.h"
#include "json/writer.h"

namespace hearth::api::openai {

namespace {

constexpr std::string_view kFingerprint = "hearth-" HEARTH_VERSION;

// The content of an answer that only calls tools is null.
void write_message(json::Writer& json, const Choice& choice) {
  json.open('{').key("role").text("assistant").key("content");
  if (choice.text.empty() && !choice.calls.empty()) {
    json.null();
  } else {
    json.text(choice.text);
  }
  if (!choice.thinking.empty()) json.key("reasoning_content").text(choice.thinking);
  json.key("refusal").null().key("annotations").open('[').close(']');
  if (!choice.calls.empty()) {
    json.key("tool_calls");
    write_tool_calls(json, choice.calls.calls());
  }
  json.close('}');
}

void write_choice(json::Writer& json, std::size_t index, const Choice& choice) {
  json.open('{').key("index").number(std::uint64_t{index});
  json.key("message");
  write_message(json, choice);
  json.key("logprobs");
  if (choice.logprobs) {
    write_logprobs(json, *choice.logprobs);
  } else {
    json.null();
  }
  json.key("finish_reason").text(finish_reason(choice.reason)).close('}');
}

std::string event_of(std::string_view prefix, std::string_view rest) {
  std::string out = "data: ";
  out += prefix;
  out += rest;
  out += "}\n\n";
  return out;
}

}  // namespace

void write_usage(json::Writer& json, const chat::Usage& usage) {
  json.open('{').key("prompt_tokens").number(usage.prompt_tokens);
  json.key("completion_tokens").number(usage.completion_tokens);
  json.key("total_tokens")
      .number(std::uint64_t{usage.prompt_tokens} + std::uint64_t{usage.completion_tokens});
  json.key("prompt_tokens_details").open('{');
  json.key("cached_tokens").number(usage.cached_tokens).close('}');
  json.key("completion_tokens_details").open('{');
  json.key("reasoning_tokens").number(usage.thinking_tokens).close('}').close('}');
}

void write_name(json::Writer& json, const CompletionName& name, std::string_view object) {
  json.key("id").text(name.id).key("object").text(object);
  json.key("created").number(name.created_s).key("model").text(name.model);
  json.key("system_fingerprint").text(kFingerprint);
}

std::string_view finish_reason(chat::Finished::Reason reason) {
  switch (reason) {
    case chat::Finished::Reason::kStop:
      return "stop";
    case chat::Finished::Reason::kLength:
      return "length";
    case chat::Finished::Reason::kToolCalls:
      return "tool_calls";
  }
  return "stop";
}

std::string whole_completion(const CompletionName& name, const std::vector<Choice>& choices,
                             const Summary& summary) {
  json::Writer json;
  json.open('{');
  write_name(json, name, "chat.completion");
  json.key("choices").open('[');
  for (std::size_t i = 0; i < choices.size(); ++i)
    write_choice(json, i, choices[i]);
  json.close(']').key("usage");
  write_usage(json, summary.usage);
  json.key("hearth");
  write_own(json, summary);
  json.close('}');
  return json.take();
}

ChunkWriter::ChunkWriter(const CompletionName& name, UsageField usage, LogprobsField logprobs)
    : usage_(usage), logprobs_(logprobs) {
  json::Writer json;
  json.open('{');
  write_name(json, name, "chat.completion.chunk");
  prefix_ = json.take();
}

std::string ChunkWriter::chunk(const Part& part) const {
  std::string rest = R"(,"choices":[{"index":)" + std::to_string(part.choice) + R"(,"delta":)";
  rest += part.delta;
  rest += R"(,"logprobs":)";
  rest += part.logprobs;
  rest += R"(,"finish_reason":)";
  rest += part.reason;
  rest += "}]";
  if (usage_ == UsageField::kPresent) rest += R"(,"usage":null)";
  rest += part.more;
  return event_of(prefix_, rest);
}

std::string ChunkWriter::role(std::size_t choice) const {
  return chunk({choice, R"({"role":"assistant","content":"","refusal":null})"});
}

std::string ChunkWriter::text(std::size_t choice, const chat::TextDelta& delta) const {
  std::string object = R"({"content":)";
  json::append_quoted(object, delta.text);
  object += '}';
  if (logprobs_ == LogprobsField::kNull) return chunk({choice, object});
  json::Writer logprobs;
  write_logprobs(logprobs, delta.logprobs);
  return chunk({choice, object, logprobs.str()});
}

std::string ChunkWriter::thinking(std::size_t choice, const chat::ThinkingDelta& delta) const {
  std::string object = R"({"reasoning_content":)";
  json::append_quoted(object, delta.text);
  object += '}';
  return chunk({choice, object});
}

std::string ChunkWriter::tool_call(std::size_t choice, const chat::ToolCallDelta& delta) const {
  return chunk({choice, tool_call_delta(delta)});
}

std::string ChunkWriter::own_call(const agent::CallNews& news) const {
  json::Writer own;
  own.open('{').key("call");
  write_call_news(own, news);
  const std::string more = R"(,"hearth":)" + own.close('}').take();
  return chunk({0, "{}", "null", "null", more});
}

std::string ChunkWriter::finish(std::size_t choice, chat::Finished::Reason reason,
                                const Summary* summary) const {
  std::string word;
  json::append_quoted(word, finish_reason(reason));
  std::string more;
  if (summary != nullptr) {
    json::Writer own;
    write_own(own, *summary);
    more = R"(,"hearth":)" + own.take();
  }
  return chunk({choice, "{}", "null", word, more});
}

std::string ChunkWriter::usage(const chat::Usage& usage) const {
  json::Writer json;
  write_usage(json, usage);
  return event_of(prefix_, R"(,"choices":[],"usage":)" + json.str());
}

std::string ChunkWriter::error(const Error& error, std::string_view param) {
  return "data: " + error_body(error, param) + "\n\n";
}

}  // namespace hearth::api::openai
