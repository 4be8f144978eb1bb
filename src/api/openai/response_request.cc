#include "api/openai/response_request.h"

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "api/core/field_checks.h"
#include "api/core/own_fields.h"
#include "api/openai/format_fields.h"
#include "api/openai/response_tools.h"
#include "api/openai/sampling_fields.h"
#include "api/openai/thinking_fields.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::api::openai {

namespace {

using chat::Message;
using chat::Role;
using json::Node;
using Reader = Result<void> (*)(const Node& node, ResponseCall& call);

constexpr std::int64_t kTokensMax = std::numeric_limits<std::int32_t>::max();

Result<void> read_model(const Node& node, ResponseCall& call) {
  call.chat.request.model = HEARTH_TRY(read_model_name(node));
  return {};
}

Result<void> read_input(const Node& node, const NamedItems& named, ResponseCall& call) {
  std::vector<Message>& messages = call.chat.request.messages;
  if (node.is_string()) {
    std::string text(HEARTH_TRY(node.text()));
    messages.push_back(Message{.role = Role::kUser, .content = std::move(text)});
    return {};
  }
  if (!node.is_array()) return fail(node.wrong("must be a string or an array of items"));
  HEARTH_TRY(read_items(node, named, messages, call.chat));
  if (messages.empty()) return fail(node.wrong("must say something"));
  return {};
}

Result<void> read_instructions(const Node& node, ResponseCall& call) {
  const std::string_view text = HEARTH_TRY(node.text());
  if (!text.empty()) call.instructions = std::string(text);
  return {};
}

Result<void> read_output_limit(const Node& node, ResponseCall& call) {
  call.chat.request.max_tokens =
      static_cast<std::uint32_t>(HEARTH_TRY(node.integer(1, kTokensMax)));
  return {};
}

Result<void> read_parallel_calls(const Node& node, ResponseCall& call) {
  call.chat.request.parallel_tool_calls = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_text_wishes(const Node& node, ResponseCall& call) {
  HEARTH_TRY(check_members(node, {"format", "verbosity"}));
  if (const auto format = node.find("format")) HEARTH_TRY(read_text_format(*format, call.chat));
  if (node.find("verbosity")) note_ignored(call.chat, "text.verbosity");
  return {};
}

// What is thought is told as it is; nobody makes a summary of it.
Result<void> read_reasoning(const Node& node, ResponseCall& call) {
  HEARTH_TRY(check_members(node, {"effort", "summary", "generate_summary"}));
  if (const auto effort = node.find("effort")) HEARTH_TRY(read_effort(*effort, call.chat));
  for (const std::string_view key : {"summary", "generate_summary"}) {
    if (node.find(key)) note_ignored(call.chat, fmt::format("reasoning.{}", key));
  }
  return {};
}

// What else can be included is of tools that are not here.
Result<void> read_include(const Node& node, ResponseCall& call) {
  for (const Node& element : HEARTH_TRY(node.elements())) {
    const std::string_view word = HEARTH_TRY(element.text());
    auto& logprobs = call.chat.request.logprobs;
    if (word == "message.output_text.logprobs") {
      if (!logprobs) logprobs = 0;
    } else {
      note_ignored(call.chat, "include");
    }
  }
  return {};
}

Result<void> check_top_logprobs(const Node& node, ResponseCall& /*call*/) {
  HEARTH_TRY(node.integer(0, chat::kTopLogprobsMax));
  return {};
}

Result<void> read_truncation(const Node& node, ResponseCall& call) {
  const std::string_view word = HEARTH_TRY(node.text());
  if (word == "auto") {
    call.chat.request.history = chat::History::kDropOldest;
  } else if (word != "disabled") {
    return fail(node.wrong("must be \"auto\" or \"disabled\""));
  }
  return {};
}

Result<void> read_store(const Node& node, ResponseCall& call) {
  call.store = HEARTH_TRY(node.boolean());
  return {};
}

Result<void> read_previous(const Node& node, ResponseCall& call) {
  call.previous = std::string(HEARTH_TRY(read_text(node, kResponseIdBytesMax)));
  return {};
}

Result<void> check_metadata(const Node& node, ResponseCall& /*call*/) {
  const auto members = HEARTH_TRY(node.members());
  if (members.size() > kMetadataMax) {
    return fail(
        node.wrong(fmt::format("has {} members; the limit is {}", members.size(), kMetadataMax)));
  }
  for (const auto& [key, value] : members) {
    const std::string_view text = HEARTH_TRY(value.text());
    if (key.size() <= kMetadataKeyBytesMax && text.size() <= kMetadataValueBytesMax) continue;
    return fail(value.wrong(fmt::format("is too long: a name has at most {} bytes, a text {}",
                                        kMetadataKeyBytesMax, kMetadataValueBytesMax)));
  }
  return {};
}

Result<void> read_own(const Node& node, ResponseCall& call) {
  return read_own_fields(node, call.chat.request);
}

Result<void> take_no_background(const Node& node, ResponseCall& /*call*/) {
  const bool wanted = HEARTH_TRY(node.boolean());
  if (!wanted) return {};
  return fail(node.wrong("is not supported: a response is made while its client waits"));
}
Result<void> refuse_conversation(const Node& node, ResponseCall& /*call*/) {
  return fail(node.wrong("is not supported; send previous_response_id"));
}
Result<void> refuse_prompt(const Node& node, ResponseCall& /*call*/) {
  return fail(
      node.wrong("is not supported: no prompts are kept here; send instructions and input"));
}

Result<void> ignore(const Node& node, ResponseCall& call) {
  note_ignored(call.chat, node.path());
  return {};
}

template <auto read>
Result<void> read_as_chat(const Node& node, ResponseCall& call) {
  return read(node, call.chat);
}

// What depends on another field is read when all others were.
Result<void> leave_for_later(const Node&, ResponseCall&) {
  return {};
}

struct Field {
  std::string_view name;
  Reader read;
};

// Besides those of sampling_fields.h, which are all honoured.
constexpr Field kFields[] = {
    {"model", read_model},
    {"input", leave_for_later},
    {"instructions", read_instructions},
    {"max_output_tokens", read_output_limit},
    {"tools", read_as_chat<read_response_tools>},
    {"tool_choice", leave_for_later},
    {"parallel_tool_calls", read_parallel_calls},
    {"text", read_text_wishes},
    {"reasoning", read_reasoning},
    {"include", read_include},
    {"top_logprobs", check_top_logprobs},
    {"truncation", read_truncation},
    {"store", read_store},
    {"previous_response_id", read_previous},
    {"metadata", check_metadata},
    {"stream", read_as_chat<read_stream>},
    {"stream_options", read_as_chat<read_stream_options>},
    {"hearth", read_own},
    // Of other servers.
    {"chat_template_kwargs", read_as_chat<read_template_arguments>},
    // Honoured where the value asks for nothing we lack.
    {"background", take_no_background},
    {"conversation", refuse_conversation},
    {"prompt", refuse_prompt},
    // Without effect.
    {"max_tool_calls", ignore},
    {"user", ignore},
    {"service_tier", ignore},
    {"safety_identifier", ignore},
    {"client_metadata", ignore},  // Codex'
    {"prompt_cache_key", ignore},
    {"prompt_cache_retention", ignore},
};

Reader find_reader(std::string_view name) {
  for (const Field& field : kFields) {
    if (field.name == name) return field.read;
  }
  return nullptr;
}

Result<void> read_fields(const Node& root, ResponseCall& call) {
  for (const auto& [name, node] : HEARTH_TRY(root.members())) {
    const auto known = HEARTH_TRY(read_sampling_field(name, node, call.chat.request.sampling));
    if (known == Known::kYes || node.is_null()) continue;  // null means "not given"
    const Reader read = find_reader(name);
    if (read == nullptr) {
      return fail(node.wrong("is not a field that is supported here; leave it out"));
    }
    HEARTH_TRY(read(node, call));
  }
  return {};
}

Result<void> read_dependents(const Node& root, ResponseCall& call) {
  if (const auto choice = root.find("tool_choice")) {
    HEARTH_TRY(read_response_tool_choice(*choice, call.chat));
  }
  const auto top = root.find("top_logprobs");
  if (!top) return {};
  const auto count = HEARTH_TRY(top->integer(0, chat::kTopLogprobsMax));
  auto& logprobs = call.chat.request.logprobs;
  if (logprobs) {
    logprobs = static_cast<std::uint32_t>(count);
  } else if (count > 0) {
    return fail(top->wrong(
        "asks for logprobs; send \"include\": [\"message.output_text.logprobs\"] with it"));
  }
  return {};
}

// `given` as it was sent, or what holds without it.
void echo_field(json::Writer& json, const Node& root, std::string_view key,
                std::string_view otherwise) {
  const auto given = root.find(key);
  json.key(key).verbatim(given ? given->json() : std::string(otherwise));
}

void echo_reasoning(json::Writer& json, const Node& root) {
  const auto reasoning = root.find("reasoning");
  const auto effort = reasoning ? reasoning->find("effort") : std::nullopt;
  json.key("reasoning").open('{').key("effort").verbatim(effort ? effort->json() : "null");
  json.key("summary").null().close('}');
}

void echo_text(json::Writer& json, const Node& root) {
  const auto text = root.find("text");
  const auto format = text ? text->find("format") : std::nullopt;
  json.key("text").open('{').key("format");
  json.verbatim(format ? format->json() : R"({"type":"text"})").close('}');
}

std::string echo_of(const Node& root, const ResponseCall& call) {
  json::Writer json;
  const chat::Request& request = call.chat.request;
  json.open('{');
  echo_field(json, root, "instructions", "null");
  echo_field(json, root, "max_output_tokens", "null");
  echo_field(json, root, "max_tool_calls", "null");
  json.key("model").text(request.model);
  json.key("parallel_tool_calls").boolean(request.parallel_tool_calls);
  echo_field(json, root, "previous_response_id", "null");
  echo_field(json, root, "prompt_cache_key", "null");
  echo_reasoning(json, root);
  echo_field(json, root, "safety_identifier", "null");
  json.key("service_tier").text("default").key("store").boolean(call.store);
  json.key("temperature").verbatim(fmt::format("{}", request.sampling.temperature));
  echo_text(json, root);
  echo_field(json, root, "tool_choice", "\"auto\"");
  echo_field(json, root, "tools", "[]");
  echo_field(json, root, "top_logprobs", "0");
  json.key("top_p").verbatim(fmt::format("{}", request.sampling.top_p));
  echo_field(json, root, "truncation", "\"disabled\"");
  echo_field(json, root, "user", "null");
  echo_field(json, root, "metadata", "{}");
  return json.close('}').take().substr(1);
}

Result<void> add_past(const std::string& text, std::vector<Message>& messages) {
  const auto document = json::parse(text);
  if (!document) return fail(Code::kCorrupt, "what was said before cannot be read any more");
  ChatCall unheard;  // what has no effect was named when it was sent
  const auto read = read_items(Node(*document), {}, messages, unheard);
  if (read) return {};
  return fail(Code::kCorrupt, "what was said before cannot be understood: " + read.error().message);
}

}  // namespace

std::vector<std::string> items_named_by(std::string_view body) {
  if (body.find("item_reference") == std::string_view::npos) return {};
  const auto document = json::parse(body);
  if (!document || !document->is_object()) return {};
  const auto input = Node(*document).find("input");
  if (!input || !input->is_array()) return {};
  std::vector<std::string> names = names_of_items(*input);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  if (names.size() > kNamedItemsMax) names.resize(kNamedItemsMax);
  return names;
}

Result<ResponseCall> parse_response_call(std::string_view body, const ResponseReading& reading) {
  const auto document = json::parse(body);
  if (!document) return fail(Code::kInvalidArgument, document.error().message);
  const Node root(*document);
  HEARTH_TRY(root.members());
  const Node model = HEARTH_TRY(root.require("model"));
  ResponseCall call;
  if (reading.blank) call.chat.request = reading.blank(std::string(HEARTH_TRY(model.text())));
  call.chat.request.messages.clear();
  HEARTH_TRY(read_fields(root, call));
  const Node input = HEARTH_TRY(root.require("input"));
  HEARTH_TRY(read_input(input, reading.named, call));
  HEARTH_TRY(read_dependents(root, call));
  call.echo = echo_of(root, call);
  if (call.store) call.input = listed_items(input, reading.named, reading.id_stem);
  return call;
}

Result<void> join_past(ResponseCall& call, const std::vector<std::string>& past) {
  std::vector<Message> messages;
  if (call.instructions) {
    messages.push_back(Message{.role = Role::kSystem, .content = *call.instructions});
  }
  for (const std::string& items : past)
    HEARTH_TRY(add_past(items, messages));
  std::vector<Message>& said = call.chat.request.messages;
  std::move(said.begin(), said.end(), std::back_inserter(messages));
  said = std::move(messages);
  if (said.size() <= kMessagesMax) return {};
  return fail(
      Code::kInvalidArgument,
      fmt::format("the conversation has {} messages; the limit is {}", said.size(), kMessagesMax),
      "previous_response_id");
}

std::string response_field_at_fault(const Error& error, const FieldNames& names) {
  std::string field = field_at_fault(error, names);
  if (field == "messages") return "input";
  constexpr std::string_view kWrapped = ".function.parameters";
  if (field.ends_with(kWrapped)) {
    field.replace(field.size() - kWrapped.size(), kWrapped.size(), ".parameters");
  }
  return field;
}

}  // namespace hearth::api::openai
