#include "cli/completion.h"

#include <limits>

#include "json/node.h"
#include "json/parse.h"
#include "json/writer.h"

namespace hearth::cli {

namespace {

constexpr std::int64_t kCountMax = std::int64_t{1} << 40;
constexpr double kMsMax = 1e15;

Code code_named(std::string_view name, Code otherwise) {
  for (auto number = static_cast<std::uint8_t>(Code::kInvalidArgument);
       number <= static_cast<std::uint8_t>(Code::kUnimplemented); ++number) {
    const Code code = base::code_from_number(number);
    if (base::code_name(code) == name) return code;
  }
  return otherwise;
}

Code code_of_status(int status) {
  switch (status) {
    case 401:
      return Code::kUnauthenticated;
    case 403:
      return Code::kPermissionDenied;
    case 404:
      return Code::kNotFound;
    case 429:
      return Code::kResourceExhausted;
    case 503:
      return Code::kUnavailable;
    default:
      return status >= 500 ? Code::kInternal : Code::kInvalidArgument;
  }
}

std::string text_field(const json::Node& object, std::string_view key) {
  const auto field = object.find(key);
  return field && field->is_string() ? std::string(*field->text()) : std::string();
}

std::int64_t count_field(const json::Node& object, std::string_view key) {
  const auto field = object.find(key);
  if (!field) return 0;
  return field->integer(0, kCountMax).value_or(0);
}

std::optional<Error> find_error(const json::Node& body, Code otherwise) {
  const auto error = body.find("error");
  if (!error) return std::nullopt;
  if (error->is_string()) return make_error(otherwise, std::string(*error->text()));
  if (!error->is_object()) return make_error(otherwise, "the daemon reports an error");
  std::string message = text_field(*error, "message");
  if (message.empty()) message = "the daemon reports an error without a message";
  return make_error(code_named(text_field(*error, "code"), otherwise), std::move(message),
                    text_field(*error, "param"));
}

TokenCounts read_counts(const json::Node& usage) {
  TokenCounts counts;
  counts.prompt = count_field(usage, "prompt_tokens");
  counts.completion = count_field(usage, "completion_tokens");
  const auto details = usage.find("prompt_tokens_details");
  if (details && details->is_object()) counts.cached = count_field(*details, "cached_tokens");
  const auto own = usage.find("completion_tokens_details");
  if (own && own->is_object()) counts.thinking = count_field(*own, "reasoning_tokens");
  return counts;
}

Result<chat::ToolCallDelta> read_call(const json::Node& node) {
  constexpr std::int64_t kIndexMax = std::numeric_limits<std::uint32_t>::max();
  if (!node.is_object()) return fail(Code::kUpstream, "the daemon sent a broken tool call");
  chat::ToolCallDelta call;
  if (const auto index = node.find("index")) {
    call.index = static_cast<std::uint32_t>(HEARTH_TRY(index->integer(0, kIndexMax)));
  }
  call.id = text_field(node, "id");
  const auto function = node.find("function");
  if (!function || !function->is_object()) return call;
  call.name = text_field(*function, "name");
  call.arguments = text_field(*function, "arguments");
  return call;
}

Result<void> read_delta(const json::Node& delta, CompletionPiece& piece) {
  piece.text += text_field(delta, "content");
  piece.thinking += text_field(delta, "reasoning_content");
  const auto calls = delta.find("tool_calls");
  if (!calls) return {};
  for (const json::Node& call : HEARTH_TRY(calls->elements()))
    piece.calls.push_back(HEARTH_TRY(read_call(call)));
  return {};
}

Result<void> read_choices(const json::Node& body, CompletionPiece& piece) {
  const auto choices = body.find("choices");
  if (!choices) return {};
  for (const json::Node& choice : HEARTH_TRY(choices->elements())) {
    if (!choice.is_object()) return fail(Code::kUpstream, "the daemon sent a broken choice");
    piece.finish_reason = text_field(choice, "finish_reason");
    const auto delta = choice.find("delta");
    if (delta && delta->is_object()) HEARTH_TRY(read_delta(*delta, piece));
  }
  return {};
}

// The object "hearth", which is not OpenAI's.
Result<void> read_own(const json::Node& own, CompletionPiece& piece) {
  if (const auto seed = own.find("seed")) piece.seed = HEARTH_TRY(seed->bits64());
  if (const auto ms = own.find("decode_ms")) piece.decode_ms = HEARTH_TRY(ms->number(0, kMsMax));
  piece.forced_tokens = count_field(own, "forced_tokens");
  if (const auto dropped = own.find("dropped_tokens")) {
    piece.dropped_tokens = HEARTH_TRY(dropped->integer(0, kCountMax));
  }
  if (const auto dropped = own.find("dropped_messages")) {
    piece.dropped_messages = HEARTH_TRY(dropped->integer(0, kCountMax));
  }
  const auto warnings = own.find("warnings");
  if (!warnings) return {};
  for (const json::Node& warning : HEARTH_TRY(warnings->elements()))
    piece.warnings.emplace_back(HEARTH_TRY(warning.text()));
  return {};
}

// What belongs to a message beside its text.
void write_call_parts(json::Writer& body, const chat::Message& message) {
  if (!message.tool_calls.empty()) {
    body.key("tool_calls").open('[');
    for (const chat::ToolCall& call : message.tool_calls) {
      body.open('{').key("id").text(call.id).key("type").text("function");
      body.key("function").open('{').key("name").text(call.name);
      body.key("arguments").text(call.arguments).close('}').close('}');
    }
    body.close(']');
  }
  if (!message.tool_call_id.empty()) body.key("tool_call_id").text(message.tool_call_id);
  if (!message.tool_name.empty()) body.key("name").text(message.tool_name);
}

void write_messages(json::Writer& body, const std::vector<chat::Message>& messages) {
  body.key("messages").open('[');
  for (const chat::Message& message : messages) {
    body.open('{').key("role").text(chat::role_name(message.role));
    body.key("content").text(message.content);
    if (!message.thinking.empty()) body.key("reasoning_content").text(message.thinking);
    write_call_parts(body, message);
    body.close('}');
  }
  body.close(']');
}

void write_sampling(json::Writer& body, const CompletionRequest& request) {
  if (request.temperature) body.key("temperature").number(*request.temperature);
  if (request.max_tokens) body.key("max_tokens").number(*request.max_tokens);
  if (request.seed) body.key("seed").number(*request.seed);
  if (request.top_p) body.key("top_p").number(*request.top_p);
  if (request.min_p) body.key("min_p").number(*request.min_p);
  if (request.top_k) body.key("top_k").number(*request.top_k);
  if (request.repeat_penalty) body.key("repeat_penalty").number(*request.repeat_penalty);
  if (request.stop.empty()) return;
  body.key("stop").open('[');
  for (const std::string& stop : request.stop)
    body.text(stop);
  body.close(']');
}

void write_constraint(json::Writer& body, const chat::Constraint& constraint) {
  using Kind = chat::Constraint::Kind;
  switch (constraint.kind) {
    case Kind::kNone:
      return;
    case Kind::kGrammar:
      body.key("grammar").text(constraint.text);
      return;
    case Kind::kAnyObject:
      body.key("response_format").open('{').key("type").text("json_object").close('}');
      return;
    case Kind::kSchema:
      body.key("response_format").open('{').key("type").text("json_schema");
      body.key("json_schema").open('{').key("name").text("answer").key("strict").boolean(true);
      body.key("schema").verbatim(constraint.text).close('}').close('}');
  }
}

void write_own_wishes(json::Writer& body, const CompletionRequest& request) {
  if (request.overflow.empty() && !request.thinking && request.keep_alive.empty()) return;
  body.key("hearth").open('{');
  if (!request.overflow.empty()) body.key("overflow").text(request.overflow);
  if (request.thinking) body.key("thinking").boolean(*request.thinking);
  if (!request.keep_alive.empty()) body.key("keep_alive").text(request.keep_alive);
  body.close('}');
}

}  // namespace

std::string completion_body(const CompletionRequest& request) {
  json::Writer body;
  body.open('{').key("model").text(request.model);
  write_messages(body, request.messages);
  write_sampling(body, request);
  write_constraint(body, request.constraint);
  if (!request.tools.empty()) body.key("tools").verbatim(request.tools);
  if (!request.tool_choice.empty()) body.key("tool_choice").text(request.tool_choice);
  if (request.thinking_tokens_max) {
    body.key("thinking_budget_tokens").number(*request.thinking_tokens_max);
  }
  write_own_wishes(body, request);
  body.key("stream").boolean(true);
  body.key("stream_options").open('{').key("include_usage").boolean(true).close('}');
  return body.close('}').take();
}

Result<CompletionPiece> parse_completion_event(std::string_view data) {
  CompletionPiece piece;
  if (data == "[DONE]") {
    piece.done = true;
    return piece;
  }
  const auto value = HEARTH_TRY(json::parse(data));
  const json::Node body(value);
  if (!body.is_object()) return fail(Code::kUpstream, "the daemon sent an event that is no object");
  if (auto error = find_error(body, Code::kInternal)) return fail(std::move(*error));
  HEARTH_TRY(read_choices(body, piece));
  const auto usage = body.find("usage");
  if (usage && usage->is_object()) piece.counts = read_counts(*usage);
  const auto own = body.find("hearth");
  if (own && own->is_object()) HEARTH_TRY(read_own(*own, piece));
  return piece;
}

Error reply_error(int status, std::string_view body) {
  const Code code = code_of_status(status);
  if (const auto value = json::parse(body)) {
    const json::Node node(*value);
    if (node.is_object()) {
      if (auto error = find_error(node, code)) return std::move(*error);
    }
  }
  return make_error(code, "the daemon answered with HTTP status " + std::to_string(status));
}

}  // namespace hearth::cli
