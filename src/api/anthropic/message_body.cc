#include "api/anthropic/message_body.h"

#include <algorithm>

#include "api/core/own_body.h"
#include "api/core/reply.h"
#include "json/writer.h"

namespace hearth::api::anthropic {

namespace {

// Clients leave out thoughts that nobody has signed when they send a conversation back. Nothing
// here asks for one, so it says no more than where the thought comes from.
constexpr std::string_view kSignature = "aGVhcnRo";
constexpr std::string_view kEmptyText = R"({"type":"text","text":""})";
constexpr std::string_view kEmptyThought = R"({"type":"thinking","thinking":"","signature":""})";

std::string event_of(std::string_view type, std::string_view data) {
  std::string out = "event: ";
  out += type;
  out += "\ndata: ";
  out += data;
  out += "\n\n";
  return out;
}

// What was found in a cache is not counted as input; what is kept there costs nothing to keep.
void write_counts(json::Writer& json, const chat::Usage& usage, std::uint32_t output) {
  const std::uint32_t cached = std::min(usage.cached_tokens, usage.prompt_tokens);
  json.key("input_tokens").number(usage.prompt_tokens - cached);
  json.key("cache_creation_input_tokens").number(0);
  json.key("cache_read_input_tokens").number(cached);
  json.key("output_tokens").number(output);
  json.key("output_tokens_details").open('{');
  json.key("thinking_tokens").number(usage.thinking_tokens).close('}');
  json.key("server_tool_use").null();
}

std::uint32_t told_tokens(const MessageName& name, const chat::Usage& usage) {
  return name.answer == MessageCall::Answer::kNone ? 0 : usage.completion_tokens;
}

void write_usage(json::Writer& json, const chat::Usage& usage, std::uint32_t output) {
  json.open('{');
  write_counts(json, usage, output);
  json.key("cache_creation").open('{');
  json.key("ephemeral_5m_input_tokens").number(0);
  json.key("ephemeral_1h_input_tokens").number(0).close('}');
  json.key("service_tier").text("standard").key("inference_geo").null().key("speed").null();
  json.close('}');
}

void write_call_begin(json::Writer& json, std::string_view id, std::string_view name) {
  json.open('{').key("type").text("tool_use").key("id").text(id).key("name").text(name);
  json.key("input");
}

void write_content(json::Writer& json, const MessageName& name, const Choice& choice) {
  json.open('[');
  if (!choice.thinking.empty()) {
    const bool told = name.thoughts == MessageCall::Thoughts::kTold;
    json.open('{').key("type").text("thinking");
    json.key("thinking").text(told ? std::string_view(choice.thinking) : std::string_view());
    json.key("signature").text(kSignature).close('}');
  }
  if (!choice.text.empty()) {
    json.open('{').key("type").text("text").key("text").text(choice.text).close('}');
  }
  for (const chat::ToolCall& call : choice.calls.calls()) {
    write_call_begin(json, call.id, call.name);
    write_arguments(json, call.arguments);
    json.close('}');
  }
  json.close(']');
}

void write_begin(json::Writer& json, const MessageName& name) {
  json.open('{').key("id").text(name.id).key("type").text("message");
  json.key("role").text("assistant").key("model").text(name.model).key("content");
}

void write_stop(json::Writer& json, std::string_view reason, std::string_view sequence) {
  json.key("stop_reason").text(reason).key("stop_sequence");
  if (sequence.empty()) {
    json.null();
  } else {
    json.text(sequence);
  }
  json.key("stop_details").null();
}

}  // namespace

std::string_view stop_reason(const Choice& choice, const chat::Usage& usage,
                             const MessageName& name) {
  if (name.answer == MessageCall::Answer::kNone) return "max_tokens";
  switch (choice.reason) {
    case chat::Finished::Reason::kStop:
      return choice.stop_sequence.empty() ? "end_turn" : "stop_sequence";
    case chat::Finished::Reason::kLength:
      return usage.completion_tokens < name.max_tokens ? "model_context_window_exceeded"
                                                       : "max_tokens";
    case chat::Finished::Reason::kToolCalls:
      return "tool_use";
  }
  return "end_turn";
}

std::string whole_message(const MessageName& name, const Choice& choice, const Summary& summary) {
  const bool told = name.answer == MessageCall::Answer::kTold;
  json::Writer json;
  write_begin(json, name);
  write_content(json, name, told ? choice : Choice{});
  write_stop(json, stop_reason(choice, summary.usage, name), told ? choice.stop_sequence : "");
  json.key("container").null().key("usage");
  write_usage(json, summary.usage, told_tokens(name, summary.usage));
  json.key("hearth");
  write_own(json, summary);
  json.close('}');
  return json.take();
}

std::string MessageEvents::start(const Summary& summary) const {
  json::Writer json;
  json.open('{').key("type").text("message_start").key("message");
  write_begin(json, name_);
  json.open('[').close(']');
  json.key("stop_reason").null().key("stop_sequence").null().key("stop_details").null();
  json.key("container").null().key("usage");
  write_usage(json, summary.usage, 0);
  json.close('}').close('}');
  return event_of("message_start", json.str());
}

std::string MessageEvents::begin_block(const Block& block, std::string_view begin) {
  std::string out = close_block();
  open_ = block;
  json::Writer json;
  json.open('{').key("type").text("content_block_start");
  json.key("index").number(std::uint64_t{index_}).key("content_block").verbatim(begin).close('}');
  out += event_of("content_block_start", json.str());
  return out;
}

std::string MessageEvents::close_block() {
  if (!open_) return {};
  std::string out;
  if (is_open(Block::Kind::kThinking)) out = delta("signature_delta", "signature", kSignature);
  json::Writer json;
  json.open('{').key("type").text("content_block_stop");
  json.key("index").number(std::uint64_t{index_}).close('}');
  out += event_of("content_block_stop", json.str());
  open_.reset();
  ++index_;
  return out;
}

std::string MessageEvents::delta(std::string_view type, std::string_view key,
                                 std::string_view text) const {
  json::Writer json;
  json.open('{').key("type").text("content_block_delta");
  json.key("index").number(std::uint64_t{index_}).key("delta").open('{');
  json.key("type").text(type).key(key).text(text).close('}').close('}');
  return event_of("content_block_delta", json.str());
}

std::string MessageEvents::text(const chat::TextDelta& piece) {
  if (piece.text.empty()) return {};
  std::string out;
  if (!is_open(Block::Kind::kText)) out = begin_block({Block::Kind::kText}, kEmptyText);
  return out + delta("text_delta", "text", piece.text);
}

std::string MessageEvents::thinking(const chat::ThinkingDelta& piece) {
  if (piece.text.empty()) return {};
  std::string out;
  if (!is_open(Block::Kind::kThinking)) out = begin_block({Block::Kind::kThinking}, kEmptyThought);
  if (name_.thoughts == MessageCall::Thoughts::kOmitted) return out;
  return out + delta("thinking_delta", "thinking", piece.text);
}

std::string MessageEvents::tool_call(const chat::ToolCallDelta& piece) {
  std::string out;
  if (!is_open(Block::Kind::kToolUse) || open_->call != piece.index) {
    json::Writer json;
    write_call_begin(json, piece.id, piece.name);
    json.open('{').close('}').close('}');
    out = begin_block({Block::Kind::kToolUse, piece.index}, json.str());
  }
  if (piece.arguments.empty()) return out;
  return out + delta("input_json_delta", "partial_json", piece.arguments);
}

std::string MessageEvents::finish(const Choice& choice, const Summary& summary) {
  const bool told = name_.answer == MessageCall::Answer::kTold;
  std::string out = close_block();
  json::Writer json;
  json.open('{').key("type").text("message_delta").key("delta").open('{');
  write_stop(json, stop_reason(choice, summary.usage, name_), told ? choice.stop_sequence : "");
  json.key("container").null().close('}').key("usage").open('{');
  write_counts(json, summary.usage, told_tokens(name_, summary.usage));
  json.close('}').key("hearth");
  write_own(json, summary);
  json.close('}');
  out += event_of("message_delta", json.str());
  out += event_of("message_stop", R"({"type":"message_stop"})");
  return out;
}

std::string MessageEvents::error(std::string_view body) {
  return event_of("error", body);
}

std::string MessageEvents::ping() {
  return event_of("ping", R"({"type":"ping"})");
}

}  // namespace hearth::api::anthropic
