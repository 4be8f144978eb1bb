#include "api/openai/response_body.h"

#include <algorithm>

#include <fmt/format.h>

#include "api/core/own_body.h"
#include "api/openai/logprobs_body.h"
#include "base/ids.h"

namespace hearth::api::openai {

namespace {

constexpr std::string_view kIdWord = "resp";

using Kind = OutputItem::Kind;
using Status = ResponseState::Status;

std::string_view word_of(ItemStatus status) {
  switch (status) {
    case ItemStatus::kInProgress:
      return "in_progress";
    case ItemStatus::kCompleted:
      return "completed";
    case ItemStatus::kIncomplete:
      return "incomplete";
  }
  return "completed";
}

std::string_view word_of(Status status) {
  switch (status) {
    case Status::kInProgress:
      return "in_progress";
    case Status::kCompleted:
      return "completed";
    case Status::kIncomplete:
      return "incomplete";
    case Status::kFailed:
      return "failed";
  }
  return "completed";
}

// OpenAI's list of words is closed.
std::string_view error_word(Code code) {
  if (code == Code::kResourceExhausted) return "rate_limit_exceeded";
  const bool is_prompt = code == Code::kInvalidArgument || code == Code::kContextOverflow;
  return is_prompt ? "invalid_prompt" : "server_error";
}

void write_call(json::Writer& json, const OutputItem& item, ItemExtent extent) {
  json.key("type").text("function_call").key("call_id").text(item.call_id);
  json.key("name").text(item.name);
  json.key("arguments").text(extent == ItemExtent::kWhole ? item.text : "");
}

void write_parts(json::Writer& json, const OutputItem& item, ItemExtent extent) {
  json.key("content").open('[');
  if (extent == ItemExtent::kWhole) write_item_part(json, item, extent);
  json.close(']');
}

void write_usage(json::Writer& json, const chat::Usage& usage) {
  json.open('{').key("input_tokens").number(usage.prompt_tokens);
  json.key("input_tokens_details").open('{');
  json.key("cached_tokens").number(usage.cached_tokens).close('}');
  json.key("output_tokens").number(usage.completion_tokens);
  json.key("output_tokens_details").open('{');
  json.key("reasoning_tokens").number(usage.thinking_tokens).close('}');
  json.key("total_tokens")
      .number(std::uint64_t{usage.prompt_tokens} + std::uint64_t{usage.completion_tokens});
  json.close('}');
}

void write_error(json::Writer& json, const Error* error) {
  json.key("error");
  if (error == nullptr) {
    json.null();
    return;
  }
  json.open('{').key("code").text(error_word(error->code));
  json.key("message").text(error->message).close('}');
}

void write_incomplete(json::Writer& json, Status status) {
  json.key("incomplete_details");
  if (status == Status::kIncomplete) {
    json.open('{').key("reason").text("max_output_tokens").close('}');
  } else {
    json.null();
  }
}

std::string item_id(Kind kind, const ResponseName& name, std::size_t place) {
  constexpr std::string_view kWords[] = {"rs", "msg", "fc"};
  return id_in_response(kWords[static_cast<std::size_t>(kind)], name.id, std::to_string(place));
}

}  // namespace

std::string make_response_id() {
  std::string id = base::make_id(kIdWord);
  id[kIdWord.size()] = '_';
  return id;
}

std::string id_in_response(std::string_view word, std::string_view response_id,
                           std::string_view place) {
  return fmt::format("{}_{}_{}", word, response_id.substr(kIdWord.size() + 1), place);
}

std::string response_of_item(std::string_view item_id) {
  const std::size_t begin = item_id.find('_');
  const std::size_t end = item_id.rfind('_');
  if (begin == std::string_view::npos || end <= begin + 1) return {};
  return fmt::format("{}{}", kIdWord, item_id.substr(begin, end - begin));
}

std::vector<OutputItem> items_of(const Choice& choice, const ResponseName& name) {
  std::vector<OutputItem> items;
  const auto add = [&](Kind kind, std::string text) -> OutputItem& {
    items.push_back({kind, item_id(kind, name, items.size()), std::move(text)});
    return items.back();
  };
  if (!choice.thinking.empty()) add(Kind::kReasoning, choice.thinking);
  if (!choice.text.empty() || choice.calls.empty()) {
    add(Kind::kMessage, choice.text).logprobs =
        choice.logprobs.value_or(std::vector<chat::TokenLogprob>());
  }
  for (const chat::ToolCall& call : choice.calls.calls()) {
    OutputItem& item = add(Kind::kCall, call.arguments);
    item.call_id = call.id;
    item.name = call.name;
  }
  return items;
}

void write_item_logprobs(json::Writer& json, const std::vector<chat::TokenLogprob>& logprobs) {
  json.open('[');
  for (const chat::TokenLogprob& one : logprobs) {
    json.open('{');
    write_chance(json, one.chosen);
    json.key("top_logprobs").open('[');
    for (const chat::TokenChance& alternative : one.alternatives) {
      json.open('{');
      write_chance(json, alternative);
      json.close('}');
    }
    json.close(']').close('}');
  }
  json.close(']');
}

void write_item_part(json::Writer& json, const OutputItem& item, ItemExtent extent) {
  const bool is_thought = item.kind == Kind::kReasoning;
  json.open('{').key("type").text(is_thought ? "reasoning_text" : "output_text");
  json.key("text").text(extent == ItemExtent::kWhole ? item.text : "");
  if (!is_thought) {
    json.key("annotations").open('[').close(']').key("logprobs");
    write_item_logprobs(
        json, extent == ItemExtent::kWhole ? item.logprobs : std::vector<chat::TokenLogprob>());
  }
  json.close('}');
}

void write_item(json::Writer& json, const OutputItem& item, ItemStatus status, ItemExtent extent) {
  json.open('{').key("id").text(item.id);
  if (item.kind == Kind::kCall) {
    write_call(json, item, extent);
  } else if (item.kind == Kind::kReasoning) {
    json.key("type").text("reasoning").key("summary").open('[').close(']');
    write_parts(json, item, extent);
  } else {
    json.key("type").text("message").key("role").text("assistant");
    write_parts(json, item, extent);
  }
  json.key("status").text(word_of(status)).close('}');
}

Status status_of(chat::Finished::Reason reason) {
  return reason == chat::Finished::Reason::kLength ? Status::kIncomplete : Status::kCompleted;
}

// What was begun last is what was not finished.
std::string output_body(const std::vector<OutputItem>& output, Status status) {
  json::Writer json;
  json.open('[');
  for (const OutputItem& item : output) {
    const bool is_cut = &item == &output.back() && status != Status::kCompleted;
    write_item(json, item, is_cut ? ItemStatus::kIncomplete : ItemStatus::kCompleted,
               ItemExtent::kWhole);
  }
  return json.close(']').take();
}

std::string response_body(const ResponseName& name, const ResponseState& state) {
  json::Writer json;
  json.open('{').key("id").text(name.id).key("object").text("response");
  json.key("created_at").number(name.created_s).key("status").text(word_of(state.status));
  json.key("background").boolean(false);
  write_error(json, state.error);
  write_incomplete(json, state.status);
  json.key("output").verbatim(state.output == nullptr ? "[]"
                                                      : output_body(*state.output, state.status));
  json.key("usage");
  if (state.summary == nullptr) {
    json.null();
  } else {
    write_usage(json, state.summary->usage);
    json.key("hearth");
    write_own(json, *state.summary);
  }
  return json.take() + ',' + name.echo;
}

}  // namespace hearth::api::openai
