#include "api/core/errors.h"

#include "json/writer.h"

namespace hearth::api {

ErrorShape shape_of(Code code) {
  constexpr std::string_view kRequest = "invalid_request_error";
  constexpr std::string_view kServer = "server_error";
  switch (code) {
    case Code::kInvalidArgument:
      return {400, kRequest, "invalid_argument", 0};
    case Code::kNotFound:
      return {404, kRequest, "not_found", 0};
    case Code::kAlreadyExists:
      return {409, kRequest, "already_exists", 0};
    case Code::kUnauthenticated:
      return {401, "authentication_error", "invalid_api_key", 0};
    case Code::kPermissionDenied:
      return {403, "permission_error", "permission_denied", 0};
    case Code::kResourceExhausted:
      return {429, "rate_limit_error", "rate_limit_exceeded", 1};
    case Code::kContextOverflow:
      return {400, kRequest, "context_length_exceeded", 0};
    case Code::kOutOfMemory:
      return {503, kServer, "out_of_memory", 5};
    case Code::kDeadlineExceeded:
      return {504, kServer, "deadline_exceeded", 0};
    case Code::kCancelled:
      return {503, kServer, "cancelled", 1};
    case Code::kUnavailable:
      return {503, kServer, "unavailable", 1};
    case Code::kEngineCrashed:
      return {500, kServer, "engine_crashed", 0};
    case Code::kCorrupt:
      return {422, kRequest, "corrupt", 0};
    case Code::kUpstream:
      return {502, kServer, "upstream", 0};
    case Code::kInternal:
      return {500, kServer, "internal", 0};
    case Code::kUnimplemented:
      return {501, kServer, "unimplemented", 0};
  }
  return {500, kServer, "internal", 0};
}

std::string error_body(const ErrorView& view) {
  json::Writer json;
  json.open('{').key("error").open('{').key("message").text(view.message);
  json.key("type").text(view.type).key("param");
  if (view.param.empty()) {
    json.null();
  } else {
    json.text(view.param);
  }
  json.key("code").text(view.code).close('}').close('}');
  return json.take();
}

ErrorReply openai_error(const Error& error, std::string_view param,
                        std::string_view /*request_id*/) {
  const ErrorShape shape = shape_of(error.code);
  return {shape.status, error_body(error, param), shape.retry_after_s};
}

std::string error_body(const Error& error, std::string_view param) {
  const ErrorShape shape = shape_of(error.code);
  const bool no_model = error.code == Code::kNotFound && param == kModelField;
  return error_body(
      ErrorView{error.message, shape.type, no_model ? "model_not_found" : shape.code, param});
}

std::string openai_refusal(int status, const Error& error, std::string_view /*request_id*/) {
  const std::string_view type = status < 500 ? "invalid_request_error" : shape_of(error.code).type;
  return error_body(ErrorView{error.message, type, base::code_name(error.code), ""});
}

}  // namespace hearth::api
