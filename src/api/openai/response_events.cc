#include "api/openai/response_events.h"

#include <utility>
#include <variant>

#include <fmt/format.h>

namespace hearth::api::openai {

namespace {

using Kind = OutputItem::Kind;
using Status = ResponseState::Status;

std::string quoted(std::string_view text) {
  std::string out;
  json::append_quoted(out, text);
  return out;
}

std::string item_json(const OutputItem& item, ItemStatus status, ItemExtent extent) {
  json::Writer json;
  write_item(json, item, status, extent);
  return json.take();
}

std::string part_json(const OutputItem& item, ItemExtent extent) {
  json::Writer json;
  write_item_part(json, item, extent);
  return json.take();
}

std::string logprobs_json(const std::vector<chat::TokenLogprob>& logprobs) {
  json::Writer json;
  write_item_logprobs(json, logprobs);
  return json.take();
}

}  // namespace

std::string ResponseEvents::event(std::string_view type, std::string_view members) {
  return fmt::format("event: {0}\ndata: {{\"type\":\"{0}\",\"sequence_number\":{1}{2}}}\n\n", type,
                     next_number_++, members);
}

std::string ResponseEvents::event_with(std::string_view type, std::string_view response) {
  return event(type, fmt::format(R"(,"response":{})", response));
}

std::string ResponseEvents::begin() {
  const std::string response = response_body(name_, {});
  std::string out = event_with("response.created", response);
  out += event_with("response.in_progress", response);
  return out;
}

std::string ResponseEvents::place() const {
  return fmt::format(R"(,"item_id":{},"output_index":{})", quoted(output_.back().id),
                     output_.size() - 1);
}

std::string ResponseEvents::open(OutputItem item) {
  std::string out = close(ItemStatus::kCompleted);
  output_.push_back(std::move(item));
  is_open_ = true;
  const OutputItem& opened = output_.back();
  out += event("response.output_item.added",
               fmt::format(R"(,"output_index":{},"item":{})", output_.size() - 1,
                           item_json(opened, ItemStatus::kInProgress, ItemExtent::kFrame)));
  if (opened.kind == Kind::kCall) return out;
  out +=
      event("response.content_part.added", fmt::format(R"({},"content_index":0,"part":{})", place(),
                                                       part_json(opened, ItemExtent::kFrame)));
  return out;
}

std::string ResponseEvents::ensure_open(Kind kind) {
  if (is_open_ && output_.back().kind == kind) return {};
  const std::string_view word = kind == Kind::kMessage ? "msg" : "rs";
  return open({kind, id_in_response(word, name_.id, std::to_string(output_.size()))});
}

std::string ResponseEvents::close(ItemStatus status) {
  if (!std::exchange(is_open_, false)) return {};
  const OutputItem& item = output_.back();
  const std::string text = quoted(item.text);
  std::string out;
  if (item.kind == Kind::kCall) {
    out = event("response.function_call_arguments.done",
                fmt::format(R"({},"name":{},"arguments":{})", place(), quoted(item.name), text));
  } else {
    const bool is_thought = item.kind == Kind::kReasoning;
    std::string members = fmt::format(R"({},"content_index":0,"text":{})", place(), text);
    if (!is_thought) members += R"(,"logprobs":)" + logprobs_json(item.logprobs);
    out = event(is_thought ? "response.reasoning_text.done" : "response.output_text.done", members);
    out += event("response.content_part.done",
                 fmt::format(R"({},"content_index":0,"part":{})", place(),
                             part_json(item, ItemExtent::kWhole)));
  }
  out += event("response.output_item.done",
               fmt::format(R"(,"output_index":{},"item":{})", output_.size() - 1,
                           item_json(item, status, ItemExtent::kWhole)));
  return out;
}

std::string ResponseEvents::delta(const chat::Event& event) {
  if (const auto* thought = std::get_if<chat::ThinkingDelta>(&event))
    return thought_delta(*thought);
  if (const auto* call = std::get_if<chat::ToolCallDelta>(&event)) return call_delta(*call);
  return text_delta(std::get<chat::TextDelta>(event));
}

std::string ResponseEvents::text_delta(const chat::TextDelta& delta) {
  std::string out = ensure_open(Kind::kMessage);
  OutputItem& item = output_.back();
  item.text += delta.text;
  item.logprobs.insert(item.logprobs.end(), delta.logprobs.begin(), delta.logprobs.end());
  out += event("response.output_text.delta",
               fmt::format(R"({},"content_index":0,"delta":{},"logprobs":{})", place(),
                           quoted(delta.text), logprobs_json(delta.logprobs)));
  return out;
}

std::string ResponseEvents::thought_delta(const chat::ThinkingDelta& delta) {
  std::string out = ensure_open(Kind::kReasoning);
  output_.back().text += delta.text;
  out += event("response.reasoning_text.delta",
               fmt::format(R"({},"content_index":0,"delta":{})", place(), quoted(delta.text)));
  return out;
}

std::string ResponseEvents::call_delta(const chat::ToolCallDelta& delta) {
  std::string out;
  const bool goes_on = is_open_ && output_.back().kind == Kind::kCall && call_ == delta.index;
  if (!goes_on) {
    OutputItem item{Kind::kCall, id_in_response("fc", name_.id, std::to_string(output_.size()))};
    item.call_id = delta.id;
    item.name = delta.name;
    out = open(std::move(item));
    call_ = delta.index;
  }
  if (delta.arguments.empty()) return out;
  output_.back().text += delta.arguments;
  out += event("response.function_call_arguments.delta",
               fmt::format(R"({},"delta":{})", place(), quoted(delta.arguments)));
  return out;
}

std::string ResponseEvents::finish(chat::Finished::Reason reason, const Summary& summary) {
  const Status status = status_of(reason);
  std::string out = output_.empty() ? ensure_open(Kind::kMessage) : "";
  out += close(status == Status::kIncomplete ? ItemStatus::kIncomplete : ItemStatus::kCompleted);
  body_ = response_body(name_, {status, &output_, &summary});
  out += event_with(status == Status::kIncomplete ? "response.incomplete" : "response.completed",
                    body_);
  return out;
}

std::string ResponseEvents::failure(const Error& error) {
  return event_with("response.failed",
                    response_body(name_, {Status::kFailed, &output_, nullptr, &error}));
}

}  // namespace hearth::api::openai
