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
  return make_error(code_named(text_field(*error, "code"), otherwise), std::move(message));
}

TokenCounts read_counts(const json::Node& usage) {
  TokenCounts counts;
  counts.prompt = count_field(usage, "prompt_tokens");
  counts.completion = count_field(usage, "completion_tokens");
  const auto details = usage.find("prompt_tokens_details");
  if (details && details->is_object()) counts.cached = count_field(*details, "cached_tokens");
  return counts;
}

Result<void> read_choices(const json::Node& body, CompletionPiece& piece) {
  const auto choices = body.find("choices");
  if (!choices) return {};
  for (const json::Node& choice : HEARTH_TRY(choices->elements())) {
    if (!choice.is_object()) return fail(Code::kUpstream, "the daemon sent a broken choice");
    piece.finish_reason = text_field(choice, "finish_reason");
    const auto delta = choice.find("delta");
    if (delta && delta->is_object()) piece.text += text_field(*delta, "content");
  }
  return {};
}

}  // namespace

std::string completion_body(const CompletionRequest& request) {
  json::Writer body;
  body.open('{').key("model").text(request.model);
  body.key("messages").open('[');
  for (const chat::Message& message : request.messages) {
    body.open('{').key("role").text(chat::role_name(message.role));
    body.key("content").text(message.content).close('}');
  }
  body.close(']');
  if (request.temperature) body.key("temperature").number(*request.temperature);
  if (request.max_tokens) body.key("max_tokens").number(*request.max_tokens);
  if (request.seed) body.key("seed").number(*request.seed);
  if (request.top_p) body.key("top_p").number(*request.top_p);
  if (request.min_p) body.key("min_p").number(*request.min_p);
  if (request.top_k) body.key("top_k").number(*request.top_k);
  if (request.repeat_penalty) body.key("repeat_penalty").number(*request.repeat_penalty);
  if (!request.stop.empty()) {
    body.key("stop").open('[');
    for (const std::string& stop : request.stop)
      body.text(stop);
    body.close(']');
  }
  if (!request.overflow.empty()) {
    body.key("hearth").open('{').key("overflow").text(request.overflow).close('}');
  }
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
  if (!own || !own->is_object()) return piece;
  if (const auto seed = own->find("seed")) piece.seed = HEARTH_TRY(seed->bits64());
  if (const auto ms = own->find("decode_ms")) piece.decode_ms = HEARTH_TRY(ms->number(0, kMsMax));
  if (const auto dropped = own->find("dropped_tokens")) {
    piece.dropped_tokens = HEARTH_TRY(dropped->integer(0, kCountMax));
  }
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
