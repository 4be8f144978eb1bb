#include "api/llamacpp/errors.h"

#include <algorithm>
#include <iterator>

#include "json/writer.h"

namespace hearth::api::llamacpp {

namespace {

// Those that are not here stand among them: who asks for one hears so in its own words.
constexpr std::string_view kPaths[] = {
    "/completion",   "/completions",   "/tokenize",  "/detokenize", "/apply-template",
    "/embedding",    "/embeddings",    "/rerank",    "/reranking",  "/v1/rerank",
    "/v1/reranking", "/infill",        "/props",     "/slots",      "/models",
    "/v1/health",    "/lora-adapters", "/v1/stream", "/cors-proxy",
};
constexpr std::string_view kStems[] = {"/slots/", "/models/", "/v1/streams/"};

std::string_view type_of(Code code) {
  switch (code) {
    case Code::kInvalidArgument:
    case Code::kAlreadyExists:
    case Code::kCorrupt:
      return "invalid_request_error";
    case Code::kContextOverflow:
      return "exceed_context_size_error";
    case Code::kNotFound:
      return "not_found_error";
    case Code::kUnauthenticated:
      return "authentication_error";
    case Code::kPermissionDenied:
      return "permission_error";
    case Code::kUnimplemented:
      return "not_supported_error";
    case Code::kResourceExhausted:
    case Code::kOutOfMemory:
    case Code::kUnavailable:
    case Code::kCancelled:
      return "unavailable_error";
    case Code::kDeadlineExceeded:
    case Code::kEngineCrashed:
    case Code::kUpstream:
    case Code::kInternal:
      break;
  }
  return "server_error";
}

std::string body_of(int status, std::string_view type, const Error& error) {
  json::Writer json;
  json.open('{').key("error").open('{').key("code").number(status);
  json.key("message").text(error.message).key("type").text(type);
  return json.close('}').close('}').take();
}

}  // namespace

std::string refusal_body(int status, const Error& error, std::string_view /*request_id*/) {
  const bool is_wrong = status < 500 && status != 404;
  return body_of(status, is_wrong ? "invalid_request_error" : type_of(error.code), error);
}

ErrorReply error_reply(const Error& error, std::string_view /*param*/,
                       std::string_view /*request_id*/) {
  const ErrorShape shape = shape_of(error.code);
  return {shape.status, body_of(shape.status, type_of(error.code), error), shape.retry_after_s};
}

bool is_own_path(std::string_view path) {
  const auto begins = [&](std::string_view stem) { return path.starts_with(stem); };
  if (std::any_of(std::begin(kStems), std::end(kStems), begins)) return true;
  return std::find(std::begin(kPaths), std::end(kPaths), path) != std::end(kPaths);
}

}  // namespace hearth::api::llamacpp
